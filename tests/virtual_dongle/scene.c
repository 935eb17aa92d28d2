/* The client's end of the wire to the scene server. */

#include "scene.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define GONE -1
#define CANCELLED -5
#define LOOK_UP_MS 20

struct scene_link scene_connect(void)
{
	struct scene_link link = {-1, 0};
	const char *path = getenv("VIRTUAL_DONGLE_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (path && strlen(path) < sizeof address.sun_path)
		link.end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link.end < 0)
		return link;
	strcpy(address.sun_path, path);
	if (connect(link.end, (struct sockaddr *)&address, sizeof address)) {
		close(link.end);
		link.end = -1;
	}
	return link;
}

static int receive(int end, void *into, size_t length)
{
	char *at = into;
	while (length) {
		ssize_t got = recv(end, at, length, MSG_WAITALL);
		if (got == 0 || (got < 0 && errno != EINTR))
			return GONE;
		if (got > 0) {
			at += got;
			length -= (size_t)got;
		}
	}
	return 0;
}

/* Wait until an answer begins. */
static int await(int end, const volatile int *cancelled)
{
	struct pollfd waiting = {.fd = end, .events = POLLIN};
	while (poll(&waiting, 1, LOOK_UP_MS) <= 0)
		if (cancelled && *cancelled)
			return CANCELLED;
	return 0;
}

/* Read the answers to questions that were given up. */
static int settle(struct scene_link *link, const volatile int *cancelled)
{
	while (link->owed) {
		struct scene_reply reply;
		char scrap[4096];
		int result = await(link->end, cancelled);
		if (result || (result = receive(link->end, &reply, sizeof reply)))
			return result;
		while (reply.bytes) {
			uint32_t part = reply.bytes < sizeof scrap ? reply.bytes : sizeof scrap;
			if (receive(link->end, scrap, part))
				return GONE;
			reply.bytes -= part;
		}
		link->owed--;
	}
	return 0;
}

int scene_ask(struct scene_link *link, const struct scene_request *request, struct scene_reply *reply,
	      unsigned char *buffer, uint32_t length, const volatile int *cancelled)
{
	memset(reply, 0, sizeof *reply);
	if (link->end < 0)
		return GONE;
	int result = settle(link, cancelled);
	if (result)
		return result;
	if (send(link->end, request, sizeof *request, MSG_NOSIGNAL) != sizeof *request)
		return GONE;
	if (await(link->end, cancelled)) {
		link->owed++;
		return CANCELLED;
	}
	result = receive(link->end, reply, sizeof *reply);
	if (result == 0 && reply->bytes > length)
		return GONE;
	if (result == 0)
		result = receive(link->end, buffer, reply->bytes);
	return result ? result : reply->status;
}
