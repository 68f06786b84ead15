#define _GNU_SOURCE
#include "watch.h"
#include "common.h"
#include <pthread.h>
#include <sched.h>

enum { period_ns = 1000000, stall_ns = 500000 };

void *watch_run(void *argument) {
    struct watch *watch = argument;
    load_pin(watch->core);
    struct sched_param priority = {.sched_priority = 50};
    int may = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority) == 0;
    atomic_store(&watch->may, may);
    int64_t due = now(CLOCK_MONOTONIC);
    while (may && atomic_load(&watch->running)) {
        due += period_ns;
        sleep_until(due);
        int64_t late = now(CLOCK_MONOTONIC) - due;
        if (late < stall_ns) continue;
        int64_t end = now(CLOCK_REALTIME);
        uint64_t count = atomic_load_explicit(&watch->count, memory_order_relaxed);
        watch->stalls[count % watch_room] = (struct stall){end - late, end};
        atomic_store_explicit(&watch->count, count + 1, memory_order_release);
        due = now(CLOCK_MONOTONIC);
    }
    return NULL;
}

int64_t watch_withheld(struct watch *watch, int64_t begin, int64_t end) {
    int64_t sum = 0;
    uint64_t count = atomic_load_explicit(&watch->count, memory_order_acquire);
    for (uint64_t i = count; i > 0 && count - i < watch_room - 1; i--) {
        struct stall stall = watch->stalls[(i - 1) % watch_room];
        if (stall.end <= begin) break;
        int64_t from = stall.begin > begin ? stall.begin : begin, to = stall.end < end ? stall.end : end;
        if (to > from) sum += to - from;
    }
    return sum;
}
