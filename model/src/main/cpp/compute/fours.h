// Weights of 4 bits on their way to products of 8.
#pragma once

#include "vectors.h"

namespace dragoman {
namespace {

typedef uint16_t pairs __attribute__((vector_size(64), aligned(64), may_alias));
typedef uint8_t bytes __attribute__((vector_size(64), aligned(64), may_alias));

// The weights of a block of 64 outputs, [inputs / 4][64][4] in 8 bits. Two weights are multiplied at once: 14, the most above the least,
// times 18 stays within a byte.
__attribute__((noinline)) void unpack_fours(const Matrix& w, int block, int8_t* to) {
  const uint8_t* fours = w.fours + size_t(block) * BLOCK * w.k / 2;
  const uint8_t* multipliers = w.multipliers + size_t(block) * BLOCK * w.k / GROUP;
  for (int first = 0; first < w.k; first += GROUP, multipliers += BLOCK) {
    pairs times[4];
    bytes zero[4];
    for (int n = 0; n < 4; n++) {
      vu one = __builtin_convertvector(*reinterpret_cast<const vb*>(multipliers + n * LANES), vu);
      times[n] = (pairs)(one | one << 16);
      zero[n] = (bytes)(times[n] * (MOST_OF_FOUR_BITS * 0x0101));
    }
    for (int i = 0; i < GROUP; i += 8, fours += 4 * BLOCK, to += 8 * BLOCK) {
      for (int n = 0; n < 4; n++) {
        pairs both = *reinterpret_cast<const pairs*>(fours + n * BLOCK);
        bytes lower = (bytes)((both & 0x0f0f) * times[n]) - zero[n];
        bytes upper = (bytes)((both >> 4 & 0x0f0f) * times[n]) - zero[n];
        *reinterpret_cast<bytes*>(to + n * BLOCK) = lower;
        *reinterpret_cast<bytes*>(to + 4 * BLOCK + n * BLOCK) = upper;
      }
    }
  }
}

}  // namespace
}  // namespace dragoman
