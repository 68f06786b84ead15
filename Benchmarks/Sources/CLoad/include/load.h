// The peers of many calls: one thread on a core of its own that sends each call a packet every 20 ms, with a report every 5 s, presses keys, and notes
// when the packets of the engine come.
#pragma once
#include <stdint.h>

enum { load_gap_buckets = 2001, load_answer_buckets = 2001 };

struct load_result {
    uint64_t sent;            // packets to the engine
    uint64_t received;        // packets from the engine
    uint64_t reports;         // RTCP packets from the engine
    uint64_t out_of_order;    // packets whose number did not follow the one before
    uint64_t late_rounds;     // phases that the load itself began more than 5 ms late
    uint64_t late;            // packets that came more than 25 ms after the one before
    int64_t longest_gap;      // ns between two packets of a call, by the kernel's receive time
    uint64_t gaps[load_gap_buckets];  // in steps of 50 µs; the last is all that is longer
    // The same gaps less what the machine withheld the engine's core, which a thread of the highest priority asks for every ms.
    uint64_t own_late;
    int64_t longest_own_gap;
    uint64_t own_gaps[load_gap_buckets];
    int is_watched;           // whether the machine lets a thread have that priority
    uint64_t stalls;          // times that the core came 0.5 ms late or later
    int64_t stalled;          // ns, all of them
    int64_t longest_stall;    // ns
    uint64_t pressed;         // keys of which the first packet was sent
    int64_t longest_answer;   // ns from the first packet of a key to the first packet that is not silence
    uint64_t answers[load_answer_buckets];  // in steps of 0.5 ms; the last is all that is longer
};

struct load;

// Binds the sockets that stand for the peers; returns NULL with errno. load_port says where the peer of call number i is.
struct load *load_create(int calls);
uint16_t load_port(const struct load *, int call);
// What every packet carries instead of G.711 silence: at most 160 bytes, and the units of the RTP clock that they last.
void load_payload(struct load *, uint8_t type, const uint8_t *bytes, int length, uint32_t units);
// Protects what is sent with SRTP from now on, with master key and salt: 28 bytes for AES-GCM, 30 for AES-CM with HMAC-SHA1. 0 when it can.
int load_protect(struct load *, const uint8_t *key, int length);
// Starts the thread, on core `core`, and the watch over the core of the engine.
int load_start(struct load *, int core, int engine_core);
// Call number i has the engine's port `port` from now on; 0: there is no call.
void load_place(struct load *, int call, uint16_t port);
// Presses the key 1 for 100 ms, and waits for a packet that is not G.711 silence. Not with SRTP; 0 when the call is not silent at present.
int load_press(struct load *, int call);
// Forgets what was counted; the result counts from here.
void load_reset(struct load *);
// What was counted so far, as the thread goes on.
void load_look(struct load *, struct load_result *);
// Ends the threads and gives what it saw.
void load_finish(struct load *, struct load_result *);

// Keeps the calling thread, and those that it starts, on one core.
void load_pin(int core);

// CPU time in ns of a bare sendto and a bare recvfrom of a packet of this size over loopback.
void load_bare_costs(int bytes, double *send, double *receive);
// The gaps of a loop that does nothing but send and receive the packets of as many calls, with the clock and the priority of the engine: what the
// machine lets the best of programs do.
void load_bare_pacing(int core, int calls, int seconds, struct load_result *);
