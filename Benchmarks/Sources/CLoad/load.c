#define _GNU_SOURCE
#include "load.h"
#include "common.h"
#include "watch.h"
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

enum { sockets = 8, phases = 8, batch = 64, header = 12, packet = 172, room = 32, phase_ns = 20000000 / phases };
// A key lasts 100 ms and its last packet is sent three times at once, as phones do; a report is due every 5 s.
enum { event_type = 101, key_packets = 5, key_ends = 3, key_units = 160, report_rounds = 250, report = 28,
    usual_gap_ns = 20200000 };

struct call {
    struct sockaddr_in engine;
    int is_placed;
    uint8_t out[packet];
    uint16_t expected;
    int heard;
    int64_t last;
    int until_report;
    // Packets of a key that were sent; 0: none is pressed.
    int key;
    uint32_t key_time;
    int is_asked;
    // When the first packet of a key was sent; 0 once it was answered.
    int64_t asked;
    int is_silent;
};

struct load {
    int count;
    int descriptors[sockets];
    uint16_t ports[sockets];
    struct call *calls;
    int by_port[65536];
    int length;
    uint32_t units;
    int core;
    pthread_t thread;
    atomic_int running;
    pthread_t watching;
    struct watch watch;
    uint64_t stalls_before;
    struct load_result result;
    // Held by whoever reads or writes the calls and the result.
    pthread_mutex_t desk;
    // With SRTP all calls have the same source and key, so that a packet is protected once for all of them.
    srtp_t srtp;
    uint8_t common[packet];
    uint8_t protected[packet + room];
    int protected_length;
};

int load_bound(uint16_t *port) {
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
    if (!load->calls) return NULL;
    pthread_mutex_init(&load->desk, NULL);
    for (int i = 0; i < sockets; i++) {
        load->descriptors[i] = load_bound(&load->ports[i]);
        if (load->descriptors[i] < 0) return NULL;
    }
    uint8_t silence[packet - header];
    memset(silence, 0xFF, sizeof silence);
    load_payload(load, 0, silence, sizeof silence, 160);
    return load;
}


static void put16(uint8_t *at, uint16_t value) {
    at[0] = value >> 8;
    at[1] = value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

static uint16_t get16(const uint8_t *at) { return at[0] << 8 | at[1]; }

static uint32_t get32(const uint8_t *at) { return (uint32_t)get16(at) << 16 | get16(at + 2); }

uint16_t load_port(const struct load *load, int call) { return load->ports[call % sockets]; }

void load_payload(struct load *load, uint8_t type, const uint8_t *bytes, int length, uint32_t units) {
    load->length = header + length;
    load->units = units;
    for (int i = 0; i < load->count; i++) {
        uint8_t *out = load->calls[i].out;
        out[0] = 0x80;
        out[1] = type;
        put32(out + 8, 0x10000 + i);
        memcpy(out + header, bytes, length);
    }
}

// What goes out in one system call from one socket.
struct outbox {
    struct mmsghdr messages[batch];
    struct iovec vectors[batch];
    uint8_t extra[batch][32];
    int filled;
};

static void post(struct load *load, int s, struct outbox *outbox) {
    int sent = outbox->filled ? sendmmsg(load->descriptors[s], outbox->messages, outbox->filled, 0) : 0;
    if (sent > 0) load->result.sent += sent;
    outbox->filled = 0;
}

static void enclose(struct load *load, int s, struct outbox *outbox, struct call *call, uint8_t *bytes, int length) {
    if (outbox->filled == batch) post(load, s, outbox);
    int at = outbox->filled++;
    outbox->vectors[at] = (struct iovec){bytes, length};
    outbox->messages[at] = (struct mmsghdr){.msg_hdr = {
        .msg_name = &call->engine, .msg_namelen = sizeof call->engine, .msg_iov = &outbox->vectors[at], .msg_iovlen = 1}};
}

// A place for a packet that is not audio.
static uint8_t *sheet(struct load *load, int s, struct outbox *outbox) {
    if (outbox->filled == batch) post(load, s, outbox);
    return outbox->extra[outbox->filled];
}

// The next packet of a key (RFC 4733), or its three last.
static void enclose_key(struct load *load, int s, struct outbox *outbox, struct call *call) {
    call->key++;
    int is_end = call->key > key_packets;
    if (call->key == 1) call->key_time = get32(call->out + 4);
    for (int i = 0; i < (is_end ? key_ends : 1); i++) {
        uint8_t *bytes = sheet(load, s, outbox);
        memcpy(bytes, call->out, header);
        bytes[1] = event_type | (call->key == 1 ? 0x80 : 0);
        if (i) put16(call->out + 2, get16(call->out + 2) + 1);
        put16(bytes + 2, get16(call->out + 2));
        put32(bytes + 4, call->key_time);
        bytes[header] = 1;
        bytes[header + 1] = (is_end ? 0x80 : 0) | 10;
        put16(bytes + header + 2, call->key * key_units);
        enclose(load, s, outbox, call, bytes, header + 4);
    }
    if (call->key == 1) {
        call->asked = now(CLOCK_REALTIME);
        load->result.pressed++;
    }
    if (is_end) call->key = 0;
}

// A sender report without blocks (RFC 3550 section 6.4.1), on the port of the audio (RFC 5761).
static void enclose_report(struct load *load, int s, struct outbox *outbox, struct call *call) {
    uint8_t *bytes = sheet(load, s, outbox);
    memset(bytes, 0, report);
    bytes[0] = 0x80;
    bytes[1] = 200;
    put16(bytes + 2, report / 4 - 1);
    memcpy(bytes + 4, call->out + 8, 4);
    int64_t time = now(CLOCK_REALTIME);
    put32(bytes + 8, (uint32_t)(time / 1000000000 + 2208988800));
    put32(bytes + 12, (uint32_t)(((uint64_t)(time % 1000000000) << 32) / 1000000000));
    memcpy(bytes + 16, call->out + 4, 4);
    enclose(load, s, outbox, call, bytes, report);
}

static void enclose_round(struct load *load, int s, struct outbox *outbox, struct call *call) {
    put16(call->out + 2, get16(call->out + 2) + 1);
    put32(call->out + 4, get32(call->out + 4) + load->units);
    if (call->key || call->is_asked) {
        call->is_asked = 0;
        enclose_key(load, s, outbox, call);
    } else if (load->srtp) {
        enclose(load, s, outbox, call, load->protected, load->protected_length);
    } else {
        enclose(load, s, outbox, call, call->out, load->length);
        if (call->until_report-- == 0) {
            call->until_report = report_rounds;
            enclose_report(load, s, outbox, call);
        }
    }
}

// Sends one packet to every call of a phase: calls i with i / sockets % phases == phase.
static void send_phase(struct load *load, int phase) {
    static struct outbox outbox;
    if (load->srtp && phase == 0) {
        put16(load->common + 2, get16(load->common + 2) + 1);
        put32(load->common + 4, get32(load->common + 4) + load->units);
        load->protected_length = packet;
        memcpy(load->protected, load->common, packet);
        srtp_protect(load->srtp, load->protected, &load->protected_length);
    }
    for (int s = 0; s < sockets; s++) {
        for (int i = s + phase * sockets; i < load->count; i += sockets * phases) {
            struct call *call = &load->calls[i];
            if (call->is_placed) enclose_round(load, s, &outbox, call);
        }
        post(load, s, &outbox);
    }
}

// Whether G.711 audio says nothing.
static int is_silence(const uint8_t *bytes, int length) {
    for (int i = header; i < length; i++) {
        if ((bytes[i] | 0x80) != 0xFF) return 0;
    }
    return 1;
}

static void note(struct load *load, const uint8_t *bytes, int length, uint16_t port, int64_t time) {
    int index = load->by_port[port] - 1;
    if (index < 0 || length < header) return;
    struct call *call = &load->calls[index];
    struct load_result *result = &load->result;
    if (bytes[1] >= 192 && bytes[1] <= 223) {
        result->reports++;
        return;
    }
    call->is_silent = is_silence(bytes, length < packet ? length : packet);
    if (call->asked && !call->is_silent) {
        int64_t answer = time - call->asked;
        if (answer > result->longest_answer) result->longest_answer = answer;
        int64_t step = answer / 500000;
        result->answers[step < 0 ? 0 : step < load_answer_buckets ? step : load_answer_buckets - 1]++;
        call->asked = 0;
    }
    result->received++;
    uint16_t sequence = get16(bytes + 2);
    if (call->heard) {
        if (sequence != call->expected) result->out_of_order++;
        int64_t gap = time - call->last;
        if (gap > result->longest_gap) result->longest_gap = gap;
        if (gap > late_gap_ns) result->late++;
        count_gap(result->gaps, gap);
        // What the machine withheld from the engine's core is no gap of the engine's.
        int64_t own = gap > usual_gap_ns ? gap - watch_withheld(&load->watch, call->last, time) : gap;
        if (own > result->longest_own_gap) result->longest_own_gap = own;
        if (own > late_gap_ns) result->own_late++;
        count_gap(result->own_gaps, own);
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

// The stalls of the engine's core since the count began.
static void add_stalls(struct load *load) {
    struct watch *watch = &load->watch;
    struct load_result *result = &load->result;
    result->is_watched = atomic_load(&watch->may);
    uint64_t count = atomic_load(&watch->count);
    for (uint64_t i = load->stalls_before; i < count; i++) {
        int64_t length = watch->stalls[i % watch_room].end - watch->stalls[i % watch_room].begin;
        result->stalls++;
        result->stalled += length;
        if (length > result->longest_stall) result->longest_stall = length;
    }
    load->stalls_before = count;
}

static void *run(void *argument) {
    struct load *load = argument;
    load_pin(load->core);
    int64_t due = now(CLOCK_MONOTONIC);
    for (int phase = 0; atomic_load(&load->running); phase = (phase + 1) % phases) {
        due += phase_ns;
        sleep_until(due);
        pthread_mutex_lock(&load->desk);
        if (now(CLOCK_MONOTONIC) - due > 5000000) load->result.late_rounds++;
        send_phase(load, phase);
        receive_all(load);
        add_stalls(load);
        pthread_mutex_unlock(&load->desk);
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

int load_start(struct load *load, int core, int engine_core) {
    load->core = core;
    load->watch.core = engine_core;
    atomic_store(&load->running, 1);
    atomic_store(&load->watch.running, 1);
    return pthread_create(&load->watching, NULL, watch_run, &load->watch) || pthread_create(&load->thread, NULL, run, load);
}

void load_place(struct load *load, int number, uint16_t port) {
    struct call *call = &load->calls[number];
    pthread_mutex_lock(&load->desk);
    uint16_t former = ntohs(call->engine.sin_port);
    if (load->by_port[former] == number + 1) load->by_port[former] = 0;
    call->engine = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    // Who hangs up hears no prompt any more.
    if (call->asked) load->result.pressed--;
    call->heard = call->key = call->is_asked = call->is_silent = 0;
    call->asked = 0;
    // Reports of calls that begin together do not come together.
    call->until_report = number * 7 % report_rounds;
    if (port) load->by_port[port] = number + 1;
    call->is_placed = port != 0;
    pthread_mutex_unlock(&load->desk);
}

int load_press(struct load *load, int number) {
    struct call *call = &load->calls[number];
    pthread_mutex_lock(&load->desk);
    int may = call->is_placed && call->is_silent;
    if (may) call->is_asked = 1;
    pthread_mutex_unlock(&load->desk);
    return may;
}

void load_reset(struct load *load) {
    pthread_mutex_lock(&load->desk);
    memset(&load->result, 0, sizeof load->result);
    load->stalls_before = atomic_load(&load->watch.count);
    for (int i = 0; i < load->count; i++) load->calls[i].heard = 0;
    pthread_mutex_unlock(&load->desk);
}

void load_look(struct load *load, struct load_result *result) {
    pthread_mutex_lock(&load->desk);
    *result = load->result;
    pthread_mutex_unlock(&load->desk);
}

void load_finish(struct load *load, struct load_result *result) {
    atomic_store(&load->running, 0);
    atomic_store(&load->watch.running, 0);
    pthread_join(load->thread, NULL);
    pthread_join(load->watching, NULL);
    add_stalls(load);
    *result = load->result;
    for (int i = 0; i < sockets; i++) close(load->descriptors[i]);
    if (load->srtp) srtp_dealloc(load->srtp);
    pthread_mutex_destroy(&load->desk);
    free(load->calls);
    free(load);
}
