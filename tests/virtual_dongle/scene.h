/* The wire between a client's virtual dongle and the scene server; `protocol.py` holds the same layouts. */

#ifndef SCENE_H
#define SCENE_H

#include <stdint.h>

enum { SCENE_COUNT = 1, SCENE_OPEN = 2, SCENE_ALIVE = 3, SCENE_SAMPLES = 4, SCENE_CLOSE = 5 };
enum { SCENE_TUNER_AGC = 1, SCENE_DIGITAL_AGC = 2, SCENE_NO_TUNER = 4 };

/* What a client asks; `count` samples from time `start_s` (CLOCK_MONOTONIC) on. */
struct scene_request {
	uint32_t operation, count, flags, reserved;
	double start_s, center_hz, rate_hz, gain_db;
};

/* What it is told: status below 0 is librtlsdr's error. `bytes` of samples follow, `lost` samples are missing before
 * them. The answer to SCENE_OPEN carries the tuner's times. */
struct scene_reply {
	int32_t status;
	uint32_t bytes, lost, reserved;
	double control_s, settle_s;
};

/* A connection; `owed` answers to questions that were given up are still to come. */
struct scene_link {
	int end, owed;
};

/* Connect to the server named by VIRTUAL_DONGLE_SOCKET; `end` is -1 where there is none. */
struct scene_link scene_connect(void);

/* Ask and wait for the answer, for as long as it takes or until `*cancelled` is not 0. Samples beyond `length` bytes
 * are an error. Returns the status; -1 when the server is gone, -5 when cancelled. */
int scene_ask(struct scene_link *link, const struct scene_request *request, struct scene_reply *reply,
	      unsigned char *buffer, uint32_t length, const volatile int *cancelled);

#endif
