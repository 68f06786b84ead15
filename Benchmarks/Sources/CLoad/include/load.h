// The peers of many calls: one thread on a core of its own that sends each call a packet every 20 ms and notes when those of the engine come.
#pragma once
#include <stdint.h>

enum { load_buckets = 2001 };

struct load_result {
    uint64_t sent;            // packets to the engine
    uint64_t received;        // packets from the engine
    uint64_t out_of_order;    // packets whose number did not follow the one before
    uint64_t late_rounds;     // phases that the load itself began more than 5 ms late
    int64_t longest_gap;      // ns between two packets of a call, by the kernel's receive time
    uint64_t gaps[load_buckets];  // in steps of 50 µs; the last is all that is longer
};

struct load;

// Binds the sockets that stand for the peers; returns NULL with errno. load_port says where call number i is to send.
struct load *load_create(int calls);
uint16_t load_port(const struct load *, int call);
// Protects what is sent with SRTP from now on, with master key and salt: 28 bytes for AES-GCM, 30 for AES-CM with HMAC-SHA1. 0 when it can.
int load_protect(struct load *, const uint8_t *key, int length);
// Starts the thread, on core `core`; ports[i] is the engine's port of call i.
int load_start(struct load *, const uint16_t *ports, int core);
// Forgets what was counted; the result counts from here.
void load_reset(struct load *);
// Ends the thread and gives what it saw.
void load_finish(struct load *, struct load_result *);

// Keeps the calling thread, and those that it starts, on one core.
void load_pin(int core);

// CPU time in ns of a bare sendto and a bare recvfrom of a packet of this size over loopback.
void load_bare_costs(int bytes, double *send, double *receive);
