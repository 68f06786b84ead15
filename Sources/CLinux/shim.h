#include <sys/epoll.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <time.h>

/// Names the calling thread for `top -H` and profilers; the kernel keeps 15 bytes. `prctl` is variadic, so Swift cannot call it.
static inline void name_thread(const char *name) { prctl(PR_SET_NAME, name); }

/// What a clock says, in nanoseconds. Here, for whose `struct timespec` is depends on what else a module imports.
static inline int64_t clock_nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/// Sleeps until the monotonic clock says so many nanoseconds, or until a signal.
static inline void sleep_until(int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}
