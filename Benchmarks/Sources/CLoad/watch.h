// When a core ran nobody: a thread of the highest priority asks for it every millisecond and notes when it came late.
#pragma once
#include <stdatomic.h>
#include <stdint.h>

enum { watch_room = 4096 };

struct stall {
    int64_t begin, end;  // CLOCK_REALTIME, ns
};

struct watch {
    int core;
    atomic_int may;  // whether the machine gives real-time priority
    atomic_int running;
    _Atomic uint64_t count;  // of stalls, since the beginning; the last watch_room of them are kept
    struct stall stalls[watch_room];
};

// The thread; its argument is the watch.
void *watch_run(void *);
// ns between two moments in which the core was withheld.
int64_t watch_withheld(struct watch *, int64_t begin, int64_t end);
