// Counts what the path of a packet must not do: take or give back memory, count references, lock.
#pragma once
#include <stdint.h>

struct census {
    uint64_t allocations;  // malloc, calloc, realloc, aligned_alloc, posix_memalign
    uint64_t frees;
    uint64_t references;   // swift_retain and swift_release, however many they count at once
    uint64_t locks;        // pthread_mutex_lock
};

// Counts, from here on, what the thread with this kernel number does.
void census_begin(int thread);
// Counts no more; what it came to.
struct census census_end(void);
