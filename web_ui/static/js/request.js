// What this page asks of the device: JSON with the session's token, answered by words when it is refused.

const token = document.querySelector("meta[name=nunchi-token]")?.content ?? "";

/** Send a change; resolve to "" when it was taken, else to the words to show. */
export async function post(path, body, words) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Nunchi-Token": token },
      body: JSON.stringify(body),
    });
    return answer.ok ? "" : (await answer.json()).message;
  } catch {
    return words.render("request.failed");
  }
}
