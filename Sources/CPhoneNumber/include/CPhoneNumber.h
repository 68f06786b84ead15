// libphonenumber speaks C++; this is the little of it that we need, in C. No exception crosses it.
#ifndef C_PHONE_NUMBER_H
#define C_PHONE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Whether numbers of the region, an ISO 3166 alpha-2 code in capitals, are known.
bool phone_number_knows_region(const char *region);

/// Writes the E.164 form of a number, with its plus and without a terminating zero, to `output`.
/// Gives the bytes written; 0 when the text is no number that can be dialled from the region, or does not fit.
size_t phone_number_e164(const char *number, size_t length, const char *region, char *output, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
