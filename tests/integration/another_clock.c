/* A clock that is wrong: preloaded (LD_PRELOAD) into a command, it adds CLOCK_OFFSET seconds to the time of day. Waits
   until a moment of that clock are given to the system in its own time, or they would end at once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long offset(void) {
    const char *seconds = getenv("CLOCK_OFFSET");
    return seconds == NULL ? 0 : atol(seconds);
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, moment);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) moment->tv_sec += offset();
    return result;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
    int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(moment, zone);
    moment->tv_sec += offset();
    return result;
}

time_t time(time_t *moment) {
    time_t (*real)(time_t *) = dlsym(RTLD_NEXT, "time");
    time_t now = real(NULL) + offset();
    if (moment != NULL) *moment = now;
    return now;
}

static struct timespec true_moment(const struct timespec *moment) {
    struct timespec moved = *moment;
    moved.tv_sec -= offset();
    return moved;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
    int (*real)(sem_t *, const struct timespec *) = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec moment = true_moment(until);
    return real(semaphore, &moment);
}

int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until) {
    int (*real)(sem_t *, clockid_t, const struct timespec *) = dlsym(RTLD_NEXT, "sem_clockwait");
    struct timespec moment = clock == CLOCK_REALTIME ? true_moment(until) : *until;
    return real(semaphore, clock, &moment);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until) {
    int (*real)(pthread_mutex_t *, const struct timespec *) = dlsym(RTLD_NEXT, "pthread_mutex_timedlock");
    struct timespec moment = true_moment(until);
    return real(mutex, &moment);
}

int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                           const struct timespec *until) {
    int (*real)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *) =
        dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    struct timespec moment = clock == CLOCK_REALTIME ? true_moment(until) : *until;
    return real(condition, mutex, clock, &moment);
}
