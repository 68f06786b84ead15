#define _GNU_SOURCE
#include "census.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

static atomic_int watched;
static struct census counts;
static __thread int own;

static int is_watched(void) {
    int thread = atomic_load_explicit(&watched, memory_order_relaxed);
    if (!thread) return 0;
    if (!own) own = gettid();
    return own == thread;
}

// The functions of the C library, by the names under which it keeps them for those who put their own in front.
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static void note_allocation(void) { if (is_watched()) counts.allocations++; }
void *malloc(size_t size) { note_allocation(); return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { note_allocation(); return __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { note_allocation(); return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { note_allocation(); return __libc_memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
    note_allocation();
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : ENOMEM;
}
void free(void *memory) {
    if (memory && is_watched()) counts.frees++;
    __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    static int (*original)(pthread_mutex_t *);
    if (!original) original = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
    if (is_watched()) counts.locks++;
    return original(mutex);
}

// The functions by which Swift counts references. They leave most registers alone, whoever calls them; the original is called as any function is.
#define COUNTED(result, name, parameters, arguments) \
    __attribute__((preserve_most)) result name parameters { \
        static result (*original) parameters; \
        if (!original) original = (result (*) parameters)dlsym(RTLD_NEXT, #name); \
        if (is_watched()) counts.references++; \
        return original arguments; \
    }

COUNTED(void *, swift_retain, (void *object), (object))
COUNTED(void, swift_release, (void *object), (object))
COUNTED(void *, swift_retain_n, (void *object, uint32_t count), (object, count))
COUNTED(void, swift_release_n, (void *object, uint32_t count), (object, count))
COUNTED(void *, swift_bridgeObjectRetain, (void *object), (object))
COUNTED(void, swift_bridgeObjectRelease, (void *object), (object))

void census_begin(int thread) {
    counts = (struct census){0};
    watched = thread;
}

struct census census_end(void) {
    watched = 0;
    return counts;
}
