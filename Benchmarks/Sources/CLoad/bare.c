// The wall: what the machine does for a program that only sends and receives.
#define _GNU_SOURCE
#include "common.h"
#include "load.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { bytes_sent = 172, phases = 4, phase_ns = 20000000 / phases };

void load_pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

struct bare {
    int core, calls, seconds;
    struct load_result *result;
};

static void *run(void *argument) {
    struct bare *bare = argument;
    load_pin(bare->core);
    struct sched_param priority = {.sched_priority = 10};
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
    uint16_t from_port, to_port;
    int from = load_bound(&from_port), to = load_bound(&to_port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(to_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint8_t buffer[2048] = {0};
    int64_t *last = from < 0 || to < 0 ? NULL : calloc(bare->calls, sizeof *last);
    struct load_result *result = bare->result;
    int64_t due = now(CLOCK_MONOTONIC), end = due + bare->seconds * 1000000000LL;
    for (int phase = 0; last && due < end; phase = (phase + 1) % phases) {
        due += phase_ns;
        sleep_until(due);
        for (int i = phase; i < bare->calls; i += phases) {
            sendto(from, buffer, bytes_sent, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof address);
            int64_t time = now(CLOCK_MONOTONIC), gap = time - last[i];
            recv(to, buffer, sizeof buffer, MSG_DONTWAIT);
            if (last[i]) {
                result->received++;
                if (gap > result->longest_gap) result->longest_gap = gap;
                if (gap > late_gap_ns) result->late++;
                count_gap(result->gaps, gap);
            }
            last[i] = time;
        }
    }
    free(last);
    close(from);
    close(to);
    return NULL;
}

void load_bare_pacing(int core, int calls, int seconds, struct load_result *result) {
    struct bare bare = {core, calls, seconds, result};
    pthread_t thread;
    memset(result, 0, sizeof *result);
    if (pthread_create(&thread, NULL, run, &bare) == 0) pthread_join(thread, NULL);
}

void load_bare_costs(int bytes, double *send, double *receive) {
    enum { rounds = 2000, each = 64 };
    uint16_t from_port, to_port;
    int from = load_bound(&from_port), to = load_bound(&to_port);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(to_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in source;
    uint8_t buffer[2048] = {0};
    int64_t sending = 0, receiving = 0;
    for (int round = 0; round < rounds; round++) {
        int64_t begin = now(CLOCK_THREAD_CPUTIME_ID);
        for (int i = 0; i < each; i++) sendto(from, buffer, bytes, MSG_DONTWAIT, (struct sockaddr *)&address, sizeof address);
        int64_t middle = now(CLOCK_THREAD_CPUTIME_ID);
        for (int i = 0; i < each; i++) {
            socklen_t length = sizeof source;
            recvfrom(to, buffer, sizeof buffer, MSG_DONTWAIT, (struct sockaddr *)&source, &length);
        }
        sending += middle - begin;
        receiving += now(CLOCK_THREAD_CPUTIME_ID) - middle;
    }
    close(from);
    close(to);
    *send = (double)sending / (rounds * each);
    *receive = (double)receiving / (rounds * each);
}
