/* The client's end of the wire to the scene server. */

#include "scene.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define GONE -1
#define CANCELLED -5
#define LOOK_UP_MS 20

int scene_connect(void)
{
	const char *path = getenv("VIRTUAL_DONGLE_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int end = path && strlen(path) < sizeof address.sun_path ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
	if (end < 0)
		return -1;
	strcpy(address.sun_path, path);
	if (connect(end, (struct sockaddr *)&address, sizeof address) == 0)
		return end;
	close(end);
	return -1;
}

static int receive(int end, void *into, size_t length, const volatile int *cancelled)
{
	char *at = into;
	while (length) {
		struct pollfd waiting = {.fd = end, .events = POLLIN};
		if (cancelled && *cancelled)
			return CANCELLED;
		if (poll(&waiting, 1, LOOK_UP_MS) <= 0)
			continue;
		ssize_t got = recv(end, at, length, 0);
		if (got <= 0)
			return GONE;
		at += got;
		length -= (size_t)got;
	}
	return 0;
}

int scene_ask(int end, const struct scene_request *request, struct scene_reply *reply, unsigned char *buffer,
	      uint32_t length, const volatile int *cancelled)
{
	memset(reply, 0, sizeof *reply);
	if (end < 0 || send(end, request, sizeof *request, MSG_NOSIGNAL) != sizeof *request)
		return GONE;
	int result = receive(end, reply, sizeof *reply, cancelled);
	if (result == 0 && reply->bytes > length)
		return GONE;
	if (result == 0)
		result = receive(end, buffer, reply->bytes, cancelled);
	return result ? result : reply->status;
}
