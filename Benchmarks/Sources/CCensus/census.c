#define _GNU_SOURCE
#include "census.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
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

// The doors that Swift's runtime leaves open for instruments.
typedef void *retain_function(void *);
typedef void release_function(void *);
typedef void *retain_many_function(void *, uint32_t);
typedef void release_many_function(void *, uint32_t);
extern _Atomic(retain_function *) _swift_retain;
extern _Atomic(release_function *) _swift_release;
extern _Atomic(retain_many_function *) _swift_retain_n;
extern _Atomic(release_many_function *) _swift_release_n;
extern atomic_bool _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly;

static retain_function *retain_original;
static release_function *release_original;
static retain_many_function *retain_many_original;
static release_many_function *release_many_original;

static void note_reference(void) { if (is_watched()) counts.references++; }
static void *retain(void *object) { note_reference(); return retain_original(object); }
static void release(void *object) { note_reference(); release_original(object); }
static void *retain_many(void *object, uint32_t count) { note_reference(); return retain_many_original(object, count); }
static void release_many(void *object, uint32_t count) { note_reference(); release_many_original(object, count); }

void census_begin(int thread) {
    if (!retain_original) {
        retain_original = _swift_retain;
        release_original = _swift_release;
        retain_many_original = _swift_retain_n;
        release_many_original = _swift_release_n;
        _swift_retain = retain;
        _swift_release = release;
        _swift_retain_n = retain_many;
        _swift_release_n = release_many;
        _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly = 1;
    }
    counts = (struct census){0};
    watched = thread;
}

struct census census_end(void) {
    watched = 0;
    return counts;
}
