#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <srtp2/srtp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { sockets = 8, phases = 8, batch = 64, packet = 172, room = 32, phase_ns = 20000000 / phases };

struct call {
    struct sockaddr_in engine;
    uint8_t out[packet];
    uint16_t expected;
    int heard;
    int64_t last;
};

struct load {
    int count;
    int descriptors[sockets];
    uint16_t ports[sockets];
    struct call *calls;
    int by_port[65536];
    int core;
    pthread_t thread;
    atomic_int running;
    atomic_int reset;
    struct load_result result;
    // With SRTP all calls have the same source and key, so that a packet is protected once for all of them.
    srtp_t srtp;
    uint8_t common[packet];
    uint8_t protected[packet + room];
    int protected_length;
};

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int bound(uint16_t *port) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    int on = 1, size = 8 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(descriptor, (struct sockaddr *)&address, length) < 0 || getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) return -1;
    *port = ntohs(address.sin_port);
    return descriptor;
}

struct load *load_create(int calls) {
    struct load *load = calloc(1, sizeof *load);
    if (!load) return NULL;
    load->count = calls;
    load->calls = calloc(calls, sizeof *load->calls);
    for (int i = 0; i < sockets; i++) {
        load->descriptors[i] = bound(&load->ports[i]);
        if (load->descriptors[i] < 0) return NULL;
    }
    return load;
}

uint16_t load_port(const struct load *load, int call) { return load->ports[call % sockets]; }

static void put16(uint8_t *at, uint16_t value) {
    at[0] = value >> 8;
    at[1] = value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

static uint16_t get16(const uint8_t *at) { return at[0] << 8 | at[1]; }

// Sends one packet to every call of a phase: calls i with i / sockets % phases == phase.
static void send_phase(struct load *load, int phase) {
    struct mmsghdr messages[batch];
    struct iovec vectors[batch];
    if (load->srtp && phase == 0) {
        put16(load->common + 2, get16(load->common + 2) + 1);
        put32(load->common + 4, ((uint32_t)get16(load->common + 4) << 16 | get16(load->common + 6)) + 160);
        load->protected_length = packet;
        memcpy(load->protected, load->common, packet);
        srtp_protect(load->srtp, load->protected, &load->protected_length);
    }
    for (int s = 0; s < sockets; s++) {
        int filled = 0;
        for (int i = s + phase * sockets;; i += sockets * phases) {
            if (i < load->count) {
                struct call *call = &load->calls[i];
                put16(call->out + 2, get16(call->out + 2) + 1);
                put32(call->out + 4, ((uint32_t)get16(call->out + 4) << 16 | get16(call->out + 6)) + 160);
                vectors[filled] = (struct iovec){call->out, packet};
                if (load->srtp) vectors[filled] = (struct iovec){load->protected, load->protected_length};
                messages[filled] = (struct mmsghdr){.msg_hdr = {
                    .msg_name = &call->engine, .msg_namelen = sizeof call->engine, .msg_iov = &vectors[filled], .msg_iovlen = 1}};
                filled++;
            }
            if (filled == batch || (i >= load->count && filled)) {
                int sent = sendmmsg(load->descriptors[s], messages, filled, 0);
                if (sent > 0) load->result.sent += sent;
                filled = 0;
            }
            if (i >= load->count) break;
        }
    }
}

static void note(struct load *load, const uint8_t *bytes, int length, uint16_t port, int64_t time) {
    int index = load->by_port[port] - 1;
    if (index < 0 || length < 12 || (bytes[1] & 0x7F) > 95) return;
    struct call *call = &load->calls[index];
    struct load_result *result = &load->result;
    result->received++;
    uint16_t sequence = get16(bytes + 2);
    if (call->heard) {
        if (sequence != call->expected) result->out_of_order++;
        int64_t gap = time - call->last;
        if (gap > result->longest_gap) result->longest_gap = gap;
        int64_t bucket = gap / 50000;
        result->gaps[bucket < 0 ? 0 : bucket < load_buckets ? bucket : load_buckets - 1]++;
    }
    call->heard = 1;
    call->expected = sequence + 1;
    call->last = time;
}

static void receive_all(struct load *load) {
    static uint8_t bytes[batch][packet];
    static _Alignas(8) uint8_t control[batch][64];
    struct mmsghdr messages[batch];
    struct iovec vectors[batch];
    struct sockaddr_in from[batch];
    for (int s = 0; s < sockets; s++) {
        for (;;) {
            for (int i = 0; i < batch; i++) {
                vectors[i] = (struct iovec){bytes[i], packet};
                messages[i] = (struct mmsghdr){.msg_hdr = {.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &vectors[i],
                    .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = sizeof control[i]}};
            }
            int count = recvmmsg(load->descriptors[s], messages, batch, MSG_DONTWAIT, NULL);
            if (count <= 0) break;
            for (int i = 0; i < count; i++) {
                struct cmsghdr *header = CMSG_FIRSTHDR(&messages[i].msg_hdr);
                if (!header || header->cmsg_type != SCM_TIMESTAMPNS) continue;
                struct timespec time;
                memcpy(&time, CMSG_DATA(header), sizeof time);
                note(load, bytes[i], messages[i].msg_len, ntohs(from[i].sin_port), time.tv_sec * 1000000000LL + time.tv_nsec);
            }
            if (count < batch) break;
        }
    }
}

void load_pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void *run(void *argument) {
    struct load *load = argument;
    load_pin(load->core);
    int64_t due = now(CLOCK_MONOTONIC);
    for (int phase = 0; atomic_load(&load->running); phase = (phase + 1) % phases) {
        due += phase_ns;
        struct timespec time = {due / 1000000000, due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
        if (now(CLOCK_MONOTONIC) - due > 5000000) load->result.late_rounds++;
        if (atomic_exchange(&load->reset, 0)) {
            memset(&load->result, 0, sizeof load->result);
            for (int i = 0; i < load->count; i++) load->calls[i].heard = 0;
        }
        send_phase(load, phase);
        receive_all(load);
    }
    return NULL;
}

int load_protect(struct load *load, const uint8_t *key, int length) {
    srtp_policy_t policy = {.ssrc.type = ssrc_any_outbound, .key = (uint8_t *)key, .window_size = 128};
    srtp_profile_t profile = length == 28 ? srtp_profile_aead_aes_128_gcm : srtp_profile_aes128_cm_sha1_80;
    srtp_init();
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile);
    memset(load->common, 0xD5, packet);
    load->common[0] = 0x80;
    load->common[1] = 0;
    put32(load->common + 8, 0x10000);
    return srtp_create(&load->srtp, &policy) == srtp_err_status_ok ? 0 : -1;
}

int load_start(struct load *load, const uint16_t *ports, int core) {
    for (int i = 0; i < load->count; i++) {
        struct call *call = &load->calls[i];
        call->engine = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(ports[i]), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        memset(call->out, 0xD5, packet);
        call->out[0] = 0x80;
        call->out[1] = 0;
        put32(call->out + 8, 0x10000 + i);
        load->by_port[ports[i]] = i + 1;
    }
    load->core = core;
    atomic_store(&load->running, 1);
    return pthread_create(&load->thread, NULL, run, load);
}

void load_reset(struct load *load) { atomic_store(&load->reset, 1); }

void load_finish(struct load *load, struct load_result *result) {
    atomic_store(&load->running, 0);
    pthread_join(load->thread, NULL);
    *result = load->result;
    for (int i = 0; i < sockets; i++) close(load->descriptors[i]);
    if (load->srtp) srtp_dealloc(load->srtp);
    free(load->calls);
    free(load);
}

void load_bare_costs(int bytes, double *send, double *receive) {
    enum { rounds = 2000, each = 64 };
    uint16_t from_port, to_port;
    int from = bound(&from_port), to = bound(&to_port);
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
