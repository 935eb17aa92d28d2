/* A virtual RTL-SDR (RTL2832U, R820T) with librtlsdr's binary interface: programs made for the real one run on it.
 *
 * Samples come from the scene server, at the pace of the clock and with what makes a dongle awkward: samples nobody
 * fetched are lost beyond the chip's FIFO (synchronous) or the transfers under way (asynchronous); tuning keeps the
 * caller busy for `control_s`, and the old frequency is heard until `settle_s` after that; crystal error, gain steps,
 * rates that the chip does not have, transfers that are not whole packets. Faults come from the server. */

#include "scene.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))
#define CRYSTAL_HZ 28800000u
#define FIFO_SAMPLES 2048 /* what the chip holds while nobody reads */
#define PACKET_BYTES 512u
#define TRANSFERS 15u
#define TRANSFER_BYTES (16u * 32u * 512u)
#define CHUNK_SAMPLES 8192u /* asynchronous samples are fetched in pieces, so that a retune falls between two */
#define TUNER_R820T 5
#define LOWEST_HZ 13000000u
#define HIGHEST_HZ 1864000000u

enum { ERROR_IO = -1, ERROR_NO_DEVICE = -3, ERROR_GONE = -4, ERROR_OVERFLOW = -8, ERROR_INVALID = -22 };

typedef void (*read_async_cb)(unsigned char *buffer, uint32_t length, void *context);

typedef struct {
	struct scene_link orders, stream; /* for settings, for samples */
	pthread_mutex_t lock;
	double control_s, settle_s;
	double rate_hz, center_hz, old_center_hz, settled_s, read_until_s, gain_db;
	uint32_t asked_hz, rtl_xtal_hz, tuner_xtal_hz;
	int ppm, tuner_agc, digital_agc, direct_sampling, test_mode;
	unsigned char counter;
	volatile int running, cancelled;
} rtlsdr_dev_t;

static const int GAINS[] = {0, 9, 14, 27, 37, 77, 87, 125, 144, 157, 166, 197, 207, 229, 254,
			    280, 297, 328, 338, 364, 372, 386, 402, 421, 434, 439, 445, 480, 496};
#define GAIN_COUNT ((int)(sizeof GAINS / sizeof *GAINS))

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void sleep_until(double t_s)
{
	double whole_s = floor(t_s);
	struct timespec t = {(time_t)whole_s, (long)(1e9 * (t_s - whole_s))};
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
		continue;
}

static int ask(struct scene_link *link, uint32_t operation, struct scene_reply *reply)
{
	struct scene_request request = {.operation = operation};
	return scene_ask(link, &request, reply, NULL, 0, NULL);
}

/* Whether an order reaches the dongle: 0, or librtlsdr's error. */
static int order(rtlsdr_dev_t *dev)
{
	struct scene_reply reply;
	return dev ? ask(&dev->orders, SCENE_ALIVE, &reply) : ERROR_IO;
}

/* ---- finding it */

API uint32_t rtlsdr_get_device_count(void)
{
	struct scene_reply reply;
	struct scene_link link = scene_connect();
	int count = ask(&link, SCENE_COUNT, &reply);
	if (link.end >= 0)
		close(link.end);
	return count > 0 ? (uint32_t)count : 0;
}

API const char *rtlsdr_get_device_name(uint32_t index)
{
	return index < rtlsdr_get_device_count() ? "Virtual RTL2838UHIDIR" : "";
}

static int strings(char *maker, char *product, char *serial)
{
	if (maker)
		strcpy(maker, "Nunchi");
	if (product)
		strcpy(product, "Virtual dongle");
	if (serial)
		strcpy(serial, "00000042");
	return 0;
}

API int rtlsdr_get_device_usb_strings(uint32_t index, char *maker, char *product, char *serial)
{
	return index < rtlsdr_get_device_count() ? strings(maker, product, serial) : -2;
}

API int rtlsdr_get_usb_strings(rtlsdr_dev_t *dev, char *maker, char *product, char *serial)
{
	return dev ? strings(maker, product, serial) : -1;
}

API int rtlsdr_get_index_by_serial(const char *serial)
{
	if (!serial)
		return -1;
	if (!rtlsdr_get_device_count())
		return -2;
	return strcmp(serial, "00000042") ? -3 : 0;
}

API int rtlsdr_open(rtlsdr_dev_t **out, uint32_t index)
{
	struct scene_reply reply;
	rtlsdr_dev_t *dev = index ? NULL : calloc(1, sizeof *dev);
	if (!dev)
		return ERROR_IO;
	dev->orders = scene_connect();
	dev->stream = scene_connect();
	if (ask(&dev->orders, SCENE_OPEN, &reply) || ask(&dev->stream, SCENE_OPEN, &reply)) {
		close(dev->orders.end);
		close(dev->stream.end);
		free(dev);
		return ERROR_NO_DEVICE;
	}
	pthread_mutex_init(&dev->lock, NULL);
	dev->control_s = reply.control_s;
	dev->settle_s = reply.settle_s;
	dev->rate_hz = 2.048e6;
	dev->rtl_xtal_hz = dev->tuner_xtal_hz = CRYSTAL_HZ;
	dev->tuner_agc = 1;
	dev->read_until_s = now_s();
	*out = dev;
	return 0;
}

API int rtlsdr_close(rtlsdr_dev_t *dev)
{
	struct scene_reply reply;
	if (!dev)
		return ERROR_IO;
	while (dev->running) {
		dev->cancelled = 1;
		usleep(1000);
	}
	ask(&dev->orders, SCENE_CLOSE, &reply);
	close(dev->orders.end);
	close(dev->stream.end);
	pthread_mutex_destroy(&dev->lock);
	free(dev);
	return 0;
}

/* ---- settings */

API int rtlsdr_set_center_freq(rtlsdr_dev_t *dev, uint32_t freq)
{
	int result = order(dev);
	if (result)
		return result;
	double begun_s = now_s();
	int locked = freq >= LOWEST_HZ && freq <= HIGHEST_HZ;
	pthread_mutex_lock(&dev->lock);
	if (begun_s >= dev->settled_s)
		dev->old_center_hz = dev->center_hz;
	dev->center_hz = locked ? freq : 0;
	dev->asked_hz = locked ? freq : 0;
	dev->settled_s = begun_s + dev->control_s + dev->settle_s;
	pthread_mutex_unlock(&dev->lock);
	sleep_until(begun_s + dev->control_s);
	return locked ? 0 : ERROR_IO;
}

API uint32_t rtlsdr_get_center_freq(rtlsdr_dev_t *dev) { return dev ? dev->asked_hz : 0; }

API int rtlsdr_set_freq_correction(rtlsdr_dev_t *dev, int ppm)
{
	if (!dev)
		return ERROR_IO;
	if (ppm == dev->ppm)
		return -2;
	dev->ppm = ppm;
	return dev->asked_hz ? rtlsdr_set_center_freq(dev, dev->asked_hz) : order(dev);
}

API int rtlsdr_get_freq_correction(rtlsdr_dev_t *dev) { return dev ? dev->ppm : 0; }

API int rtlsdr_set_sample_rate(rtlsdr_dev_t *dev, uint32_t rate)
{
	int result = order(dev);
	if (result)
		return result;
	if (rate <= 225000 || rate > 3200000 || (rate > 300000 && rate <= 900000))
		return ERROR_INVALID;
	uint32_t ratio = (uint32_t)((double)CRYSTAL_HZ * (1 << 22) / rate) & ~3u;
	pthread_mutex_lock(&dev->lock);
	dev->rate_hz = (double)CRYSTAL_HZ * (1 << 22) / ratio;
	dev->read_until_s = now_s();
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

API uint32_t rtlsdr_get_sample_rate(rtlsdr_dev_t *dev) { return dev ? (uint32_t)dev->rate_hz : 0; }

API int rtlsdr_get_tuner_gains(rtlsdr_dev_t *dev, int *gains)
{
	if (dev && gains)
		memcpy(gains, GAINS, sizeof GAINS);
	return dev ? GAIN_COUNT : -1;
}

/* As librtlsdr for this tuner: the first step that is not below what is asked for. */
API int rtlsdr_set_tuner_gain(rtlsdr_dev_t *dev, int gain)
{
	int result = order(dev), step = 0;
	if (result)
		return result;
	while (step < GAIN_COUNT - 1 && GAINS[step] < gain)
		step++;
	dev->gain_db = GAINS[step] / 10.0;
	return 0;
}

API int rtlsdr_get_tuner_gain(rtlsdr_dev_t *dev) { return dev ? (int)lrint(10 * dev->gain_db) : 0; }

API int rtlsdr_set_tuner_gain_mode(rtlsdr_dev_t *dev, int manual)
{
	int result = order(dev);
	if (!result)
		dev->tuner_agc = !manual;
	return result;
}

API int rtlsdr_set_agc_mode(rtlsdr_dev_t *dev, int on)
{
	int result = order(dev);
	if (!result)
		dev->digital_agc = on;
	return result;
}

API int rtlsdr_set_direct_sampling(rtlsdr_dev_t *dev, int on)
{
	int result = order(dev);
	if (!result)
		dev->direct_sampling = on;
	return result;
}

API int rtlsdr_set_testmode(rtlsdr_dev_t *dev, int on)
{
	int result = order(dev);
	if (!result)
		dev->test_mode = on;
	return result;
}

API int rtlsdr_set_xtal_freq(rtlsdr_dev_t *dev, uint32_t rtl_hz, uint32_t tuner_hz)
{
	if (!dev)
		return ERROR_IO;
	dev->rtl_xtal_hz = rtl_hz ? rtl_hz : dev->rtl_xtal_hz;
	dev->tuner_xtal_hz = tuner_hz ? tuner_hz : dev->rtl_xtal_hz;
	return 0;
}

API int rtlsdr_get_xtal_freq(rtlsdr_dev_t *dev, uint32_t *rtl_hz, uint32_t *tuner_hz)
{
	if (!dev)
		return ERROR_IO;
	if (rtl_hz)
		*rtl_hz = dev->rtl_xtal_hz;
	if (tuner_hz)
		*tuner_hz = dev->tuner_xtal_hz;
	return 0;
}

API int rtlsdr_set_and_get_tuner_bandwidth(rtlsdr_dev_t *dev, uint32_t bandwidth, uint32_t *applied, int apply)
{
	(void)apply;
	if (dev && applied)
		*applied = bandwidth;
	return order(dev);
}

API int rtlsdr_get_direct_sampling(rtlsdr_dev_t *dev) { return dev ? dev->direct_sampling : -1; }
API int rtlsdr_get_tuner_type(rtlsdr_dev_t *dev) { return dev ? TUNER_R820T : 0; }
API int rtlsdr_set_offset_tuning(rtlsdr_dev_t *dev, int on) { return (void)on, dev ? -2 : -1; }
API int rtlsdr_get_offset_tuning(rtlsdr_dev_t *dev) { return dev ? 0 : -1; }
API int rtlsdr_read_eeprom(rtlsdr_dev_t *dev) { return dev ? -3 : -1; }
API int rtlsdr_write_eeprom(rtlsdr_dev_t *dev) { return dev ? -3 : -1; }

#define ACCEPT(name) \
	API int rtlsdr_##name(rtlsdr_dev_t *dev) { return order(dev); }

/* Taken and without effect here; arguments beyond the device are ignored, as the calling convention allows. */
ACCEPT(get_gpio_bit)
ACCEPT(get_gpio_byte)
ACCEPT(set_bias_tee)
ACCEPT(set_bias_tee_gpio)
ACCEPT(set_dithering)
ACCEPT(set_gpio_bit)
ACCEPT(set_gpio_byte)
ACCEPT(set_gpio_input)
ACCEPT(set_gpio_output)
ACCEPT(set_gpio_status)
ACCEPT(set_tuner_bandwidth)
ACCEPT(set_tuner_if_gain)

/* ---- samples */

/* What is on the air for the next samples, at most until the tuner settles. Returns how many samples that is. */
static uint32_t next_request(rtlsdr_dev_t *dev, uint32_t count, struct scene_request *request)
{
	pthread_mutex_lock(&dev->lock);
	double unsettled = ceil((dev->settled_s - dev->read_until_s) * dev->rate_hz);
	double center_hz = unsettled > 0 ? dev->old_center_hz : dev->center_hz;
	if (unsettled > 0 && unsettled < count)
		count = (uint32_t)unsettled;
	*request = (struct scene_request){
		.operation = SCENE_SAMPLES,
		.count = count,
		.flags = (dev->tuner_agc ? SCENE_TUNER_AGC : 0u) | (dev->digital_agc ? SCENE_DIGITAL_AGC : 0u) |
			 (dev->direct_sampling || center_hz == 0 ? SCENE_NO_TUNER : 0u),
		.start_s = dev->read_until_s,
		.center_hz = center_hz * (1 - 1e-6 * dev->ppm),
		.rate_hz = dev->rate_hz,
		.gain_db = dev->gain_db,
	};
	pthread_mutex_unlock(&dev->lock);
	return count;
}

/* Fetch some of `length` bytes; `*got` is 0 after an error, and the rest of a transfer is missing after a short one. */
static int fetch(rtlsdr_dev_t *dev, unsigned char *buffer, uint32_t length, uint32_t *got, int *is_short)
{
	struct scene_request request;
	struct scene_reply reply;
	uint32_t count = next_request(dev, length / 2, &request);
	int result = scene_ask(&dev->stream, &request, &reply, buffer, length, &dev->cancelled);
	*got = result ? 0 : reply.bytes;
	*is_short = reply.bytes < 2 * count;
	dev->read_until_s += (reply.lost + count) / dev->rate_hz;
	for (uint32_t i = 0; dev->test_mode && i < *got; i++)
		buffer[i] = dev->counter++;
	return result;
}

/* Samples that nobody fetched in time are gone. */
static void forget(rtlsdr_dev_t *dev, double kept_samples)
{
	dev->read_until_s = fmax(dev->read_until_s, now_s() - kept_samples / dev->rate_hz);
}

API int rtlsdr_reset_buffer(rtlsdr_dev_t *dev)
{
	int result = order(dev);
	if (!result)
		forget(dev, 0);
	return result;
}

API int rtlsdr_read_sync(rtlsdr_dev_t *dev, void *buffer, int length, int *read)
{
	int result = 0, is_short = 0;
	*read = 0;
	if (!dev)
		return ERROR_IO;
	if (length <= 0 || length % PACKET_BYTES)
		return ERROR_OVERFLOW;
	dev->cancelled = 0;
	forget(dev, FIFO_SAMPLES);
	while (!result && !is_short && *read < length) {
		uint32_t got;
		result = fetch(dev, (unsigned char *)buffer + *read, (uint32_t)(length - *read), &got, &is_short);
		*read += (int)got;
	}
	if (!result)
		sleep_until(dev->read_until_s);
	return result;
}

/* Fill one transfer in real time: each piece is fetched when its last sample is due. */
static int fill(rtlsdr_dev_t *dev, unsigned char *buffer, uint32_t length, uint32_t *filled)
{
	int result = 0, is_short = 0;
	for (*filled = 0; !result && !is_short && *filled < length;) {
		uint32_t got, piece = length - *filled;
		if (piece > 2 * CHUNK_SAMPLES)
			piece = 2 * CHUNK_SAMPLES;
		sleep_until(dev->read_until_s + piece / 2 / dev->rate_hz);
		result = fetch(dev, buffer + *filled, piece, &got, &is_short);
		*filled += got;
	}
	return result;
}

API int rtlsdr_read_async(rtlsdr_dev_t *dev, read_async_cb call, void *context, uint32_t number, uint32_t length)
{
	int result = 0;
	if (!dev)
		return ERROR_IO;
	if (dev->running)
		return -2;
	number = number ? number : TRANSFERS;
	length = length && length % PACKET_BYTES == 0 ? length : TRANSFER_BYTES;
	unsigned char *buffer = malloc(length);
	dev->cancelled = 0;
	dev->running = 1;
	forget(dev, 0);
	while (!dev->cancelled && !result) {
		uint32_t filled;
		forget(dev, (double)number * length / 2);
		result = fill(dev, buffer, length, &filled);
		if (filled && !dev->cancelled)
			call(buffer, filled, context);
	}
	free(buffer);
	dev->running = 0;
	return dev->cancelled ? 0 : ERROR_IO;
}

API int rtlsdr_wait_async(rtlsdr_dev_t *dev, read_async_cb call, void *context)
{
	return rtlsdr_read_async(dev, call, context, 0, 0);
}

API int rtlsdr_cancel_async(rtlsdr_dev_t *dev)
{
	if (!dev)
		return ERROR_IO;
	if (!dev->running)
		return -2;
	dev->cancelled = 1;
	return 0;
}
