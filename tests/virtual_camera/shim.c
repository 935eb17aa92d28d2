/* What the virtual camera of libcamera lacks on a machine without its kernel interfaces: buffers and a beat.
 *
 * Preloaded into every process of the root (/etc/ld.so.preload). /dev/dma_heap/linux,cma is answered with memory files,
 * which is all that libcamera's and picamera2's allocators ask of it. The virtual pipeline fills a frame the moment that
 * a request is queued; mapping the buffer for writing, which it does once a frame after having stamped it, waits here
 * for the next beat, so that frames come at VIRTUAL_CAMERA_PERIOD_NS and each is delivered a period after its stamp.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define DMA_BUF_TYPE 'b'
#define MOST_FILES 1024
#define NS_PER_S 1000000000LL

static unsigned char is_buffer[MOST_FILES];

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static int open_heap(const char *path)
{
    return path && strcmp(path, "/dev/dma_heap/linux,cma") == 0 ? memfd_create("dma heap", MFD_CLOEXEC) : -1;
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

EXPORT int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    int heap = open_heap(path);
    return heap >= 0 ? heap : ((int (*)(const char *, int, ...))next("open"))(path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    int heap = open_heap(path);
    return heap >= 0 ? heap : ((int (*)(const char *, int, ...))next("open64"))(path, flags, mode);
}

static int allocate(struct dma_heap_allocation_data *wanted)
{
    int file = memfd_create("dma buffer", MFD_CLOEXEC);
    if (file < 0)
        return -1;
    if (file >= MOST_FILES || ftruncate(file, (off_t)wanted->len) < 0) {
        close(file);
        errno = ENOMEM;
        return -1;
    }
    is_buffer[file] = 1;
    wanted->fd = (uint32_t)file;
    return 0;
}

EXPORT int ioctl(int file, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (request == DMA_HEAP_IOCTL_ALLOC)
        return allocate(argument);
    if (_IOC_TYPE(request) == DMA_BUF_TYPE)
        return 0; /* names and cache maintenance: memory files need neither */
    return ((int (*)(int, unsigned long, ...))next("ioctl"))(file, request, argument);
}

static void wait_for_beat(void)
{
    static long long due_ns;
    const char *text = getenv("VIRTUAL_CAMERA_PERIOD_NS");
    long long period_ns = text ? atoll(text) : 0;
    struct timespec now;
    if (period_ns <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long now_ns = now.tv_sec * NS_PER_S + now.tv_nsec;
    due_ns += period_ns;
    if (due_ns < now_ns) /* the first frame, or nobody queued a request in time: that beat is lost */
        due_ns = now_ns + period_ns - (due_ns > period_ns ? (now_ns - due_ns) % period_ns : 0);
    struct timespec due = {.tv_sec = due_ns / NS_PER_S, .tv_nsec = due_ns % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        ;
}

static void pace(int protection, int file)
{
    if (protection == PROT_WRITE && file >= 0 && file < MOST_FILES && is_buffer[file])
        wait_for_beat();
}

EXPORT void *mmap(void *place, size_t size, int protection, int flags, int file, off_t offset)
{
    pace(protection, file);
    return ((void *(*)(void *, size_t, int, int, int, off_t))next("mmap"))(place, size, protection, flags, file, offset);
}

EXPORT void *mmap64(void *place, size_t size, int protection, int flags, int file, off64_t offset)
{
    pace(protection, file);
    return ((void *(*)(void *, size_t, int, int, int, off64_t))next("mmap64"))(place, size, protection, flags, file, offset);
}
