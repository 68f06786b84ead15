#include <opus/opus.h>

/// Settings of an encoder; `opus_encoder_ctl` is variadic, so Swift cannot call it.
static inline void opus_set_up(OpusEncoder *encoder, int bits_per_second, int complexity, int fec, int loss_percent, int dtx) {
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bits_per_second));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
    opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(fec));
    opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(loss_percent));
    opus_encoder_ctl(encoder, OPUS_SET_DTX(dtx));
}
