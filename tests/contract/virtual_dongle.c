/* One virtual RTL-SDR with librtlsdr's binary interface: pyrtlsdr and Debian's rtl_tcp run on it unchanged.
 *
 * In real time, with what makes a dongle awkward: a FIFO that holds old samples while nobody reads, and a tuner that
 * stays on the old frequency for some milliseconds after it was told. Below 150 MHz it hears a loud tone at
 * 100.05 MHz, above a weak one at 200.1 MHz. VIRTUAL_DONGLE_READS=n makes it vanish after n reads. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SETTLE_S 0.005
#define FIFO_SAMPLES 2048
#define DEFAULT_BYTES (16 * 32 * 512)

typedef void (*read_async_cb)(unsigned char *buffer, uint32_t length, void *context);

struct dongle {
	double rate_hz, center_hz, old_center_hz, tuned_s, read_until_s;
	int gain_tenth_db, ppm, reads_left;
	volatile int cancelled;
};

static const int GAINS[] = {0, 9, 14, 27, 37, 77, 87, 125, 144, 157, 166, 197, 207, 229, 254,
			    280, 297, 328, 338, 364, 372, 386, 402, 421, 434, 439, 445, 480, 496};

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void sleep_until(double t_s)
{
	double left_s = t_s - now_s();
	if (left_s > 0) {
		struct timespec t = {(time_t)left_s, (long)(1e9 * (left_s - floor(left_s)))};
		nanosleep(&t, NULL);
	}
}

static void fill(struct dongle *d, unsigned char *buffer, uint32_t length, double start_s)
{
	static uint32_t noise = 1;
	for (uint32_t i = 0; i < length / 2; i++) {
		double t_s = start_s + i / d->rate_hz;
		double center_hz = t_s < d->tuned_s + SETTLE_S ? d->old_center_hz : d->center_hz;
		int loud = center_hz < 150e6;
		double phase = 2 * M_PI * fmod(((loud ? 100.05e6 : 200.1e6) - center_hz) * t_s, 1.0);
		double level = loud ? 64.0 : 4.0;
		noise = noise * 1664525u + 1013904223u;
		double dither_i = (noise >> 16 & 0xff) / 128.0 - 1, dither_q = (noise >> 24) / 128.0 - 1;
		buffer[2 * i] = (unsigned char)lrint(127.5 + level * cos(phase) + dither_i);
		buffer[2 * i + 1] = (unsigned char)lrint(127.5 + level * sin(phase) + dither_q);
	}
}

/* Stream the samples that follow those read last, or the FIFO's if some were lost in between. */
static int deliver(struct dongle *d, unsigned char *buffer, uint32_t length)
{
	double start_s = fmax(d->read_until_s, now_s() - FIFO_SAMPLES / d->rate_hz);
	if (d->reads_left == 0)
		return -1;
	if (d->reads_left > 0)
		d->reads_left--;
	d->read_until_s = start_s + length / 2 / d->rate_hz;
	sleep_until(d->read_until_s);
	fill(d, buffer, length, start_s);
	return 0;
}

uint32_t rtlsdr_get_device_count(void) { return 1; }
const char *rtlsdr_get_device_name(uint32_t index) { return index ? "" : "Virtual dongle"; }
int rtlsdr_get_index_by_serial(const char *serial) { return strcmp(serial, "00000042") ? -3 : 0; }

int rtlsdr_get_device_usb_strings(uint32_t index, char *maker, char *product, char *serial)
{
	if (index)
		return -1;
	if (maker)
		strcpy(maker, "Nunchi");
	if (product)
		strcpy(product, "Virtual");
	if (serial)
		strcpy(serial, "00000042");
	return 0;
}

int rtlsdr_open(struct dongle **out, uint32_t index)
{
	const char *reads = getenv("VIRTUAL_DONGLE_READS");
	struct dongle *d = index ? NULL : calloc(1, sizeof *d);
	if (!d)
		return -1;
	d->rate_hz = 2.048e6;
	d->center_hz = d->old_center_hz = 100e6;
	d->reads_left = reads ? atoi(reads) : -1;
	*out = d;
	return 0;
}

int rtlsdr_close(struct dongle *d)
{
	free(d);
	return 0;
}

int rtlsdr_set_center_freq(struct dongle *d, uint32_t freq)
{
	d->old_center_hz = d->center_hz;
	d->center_hz = freq;
	d->tuned_s = now_s();
	return 0;
}

int rtlsdr_set_sample_rate(struct dongle *d, uint32_t rate)
{
	if (rate <= 225000 || rate > 3200000 || (rate > 300000 && rate <= 900000))
		return -22;
	d->rate_hz = rate;
	return 0;
}

int rtlsdr_set_freq_correction(struct dongle *d, int ppm)
{
	if (ppm == d->ppm)
		return -2;
	d->ppm = ppm;
	return 0;
}

int rtlsdr_get_tuner_gains(struct dongle *d, int *gains)
{
	(void)d;
	if (gains)
		memcpy(gains, GAINS, sizeof GAINS);
	return sizeof GAINS / sizeof *GAINS;
}

int rtlsdr_set_tuner_gain(struct dongle *d, int gain)
{
	d->gain_tenth_db = gain;
	return 0;
}

uint32_t rtlsdr_get_center_freq(struct dongle *d) { return (uint32_t)d->center_hz; }
uint32_t rtlsdr_get_sample_rate(struct dongle *d) { return (uint32_t)d->rate_hz; }
int rtlsdr_get_freq_correction(struct dongle *d) { return d->ppm; }
int rtlsdr_get_tuner_gain(struct dongle *d) { return d->gain_tenth_db; }
int rtlsdr_get_tuner_type(struct dongle *d) { return d ? 5 : 0; }
int rtlsdr_reset_buffer(struct dongle *d) { return d ? 0 : -1; }

int rtlsdr_read_sync(struct dongle *d, void *buffer, int length, int *read)
{
	int result = deliver(d, buffer, length);
	*read = result ? 0 : length;
	return result;
}

int rtlsdr_read_async(struct dongle *d, read_async_cb call, void *context, uint32_t number, uint32_t length)
{
	(void)number;
	length = length ? length : DEFAULT_BYTES;
	unsigned char *buffer = malloc(length);
	d->cancelled = 0;
	while (!d->cancelled && deliver(d, buffer, length) == 0)
		call(buffer, length, context);
	free(buffer);
	return d->cancelled ? 0 : -1;
}

int rtlsdr_cancel_async(struct dongle *d)
{
	d->cancelled = 1;
	return 0;
}

int rtlsdr_wait_async(struct dongle *d, read_async_cb call, void *context)
{
	return rtlsdr_read_async(d, call, context, 0, 0);
}

#define ACCEPT(name) \
	int rtlsdr_##name(struct dongle *d) { return d ? 0 : -1; }

/* The rest takes what it is given; arguments beyond the device are ignored, as the calling convention allows. */
ACCEPT(get_gpio_bit)
ACCEPT(get_gpio_byte)
ACCEPT(get_xtal_freq)
ACCEPT(set_agc_mode)
ACCEPT(set_and_get_tuner_bandwidth)
ACCEPT(set_bias_tee)
ACCEPT(set_direct_sampling)
ACCEPT(set_dithering)
ACCEPT(set_gpio_bit)
ACCEPT(set_gpio_byte)
ACCEPT(set_gpio_input)
ACCEPT(set_gpio_output)
ACCEPT(set_gpio_status)
ACCEPT(set_offset_tuning)
ACCEPT(set_testmode)
ACCEPT(set_tuner_bandwidth)
ACCEPT(set_tuner_gain_mode)
ACCEPT(set_tuner_if_gain)
ACCEPT(set_xtal_freq)
