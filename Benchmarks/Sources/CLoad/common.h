// What the load and the bare loop both need.
#pragma once
#include "load.h"
#include <stdint.h>
#include <time.h>

enum { late_gap_ns = 25000000 };

// A UDP socket on loopback that notes when packets come; -1 with errno.
int load_bound(uint16_t *port);

static inline int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static inline void sleep_until(int64_t due) {
    struct timespec time = {due / 1000000000, due % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static inline void count_gap(uint64_t *gaps, int64_t gap) {
    int64_t bucket = gap / 50000;
    gaps[bucket < 0 ? 0 : bucket < load_gap_buckets ? bucket : load_gap_buckets - 1]++;
}
