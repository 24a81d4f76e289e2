/* A calendar that can be set for some processes alone: preloaded, it adds the seconds that the file named by
   CLOCK_FILE holds to what they are told of the time of day. Stop-watches run on, as they do where the clock of
   a machine is set. Waiting for a time of day is by the true clock, in which the kernel waits. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t off_by(void)
{
    static const volatile int64_t *seconds = NULL;
    static const int64_t none = 0;
    if (seconds == NULL) {
        const char *name = getenv("CLOCK_FILE");
        int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
        void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
        if (file >= 0)
            close(file);
        seconds = mapped == MAP_FAILED ? &none : mapped;
    }
    return *seconds;
}

#define TRUE(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static __typeof__(&clock_gettime) true_one = NULL;
    if (true_one == NULL)
        true_one = TRUE(clock_gettime);
    int result = true_one(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += off_by();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0)
        return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now != NULL)
        *now = precise.tv_sec;
    return precise.tv_sec;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    struct timespec truly = *until;
    truly.tv_sec -= off_by();
    return TRUE(sem_timedwait)(semaphore, &truly);
}
