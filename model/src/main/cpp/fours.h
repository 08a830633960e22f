// Weights of 8 bits rounded to 4 bits, group by group.
#pragma once

#include <cstdlib>

#include "network.h"

namespace dragoman {

// 7 times it is 126, the most that 8 bits have room for.
constexpr int MOST_MULTIPLIER = 18;

// Of weights from 0 to 128: what is left of each multiplier's multiple, and the square of what that leaves.
struct Roundings {
  uint8_t factor[MOST_MULTIPLIER + 1][129] = {};
  uint16_t error[MOST_MULTIPLIER + 1][129] = {};

  Roundings() {
    for (int m = 0; m <= MOST_MULTIPLIER; m++) {
      for (int w = 0; w <= 128; w++) {
        int nearest = m == 0 ? 0 : (2 * w + m) / (2 * m);
        int f = nearest < MOST_OF_FOUR_BITS ? nearest : MOST_OF_FOUR_BITS;
        factor[m][w] = uint8_t(f);
        error[m][w] = uint16_t((w - m * f) * (w - m * f));
      }
    }
  }
};

inline const Roundings& roundings() {
  static const Roundings all;
  return all;
}

// The multiplier that leaves the least square error; the larger of equals. The first reaches the largest weight; smaller ones cut that off
// and come closer to the others. None below seven tenths is ever worth it, or hardly: the error is larger by a 500th than with all.
inline int multiplier_of(const int* sizes) {
  int largest = 0;
  for (int i = 0; i < GROUP; i++) largest = sizes[i] > largest ? sizes[i] : largest;
  int top = (largest + MOST_OF_FOUR_BITS - 1) / MOST_OF_FOUR_BITS;
  top = top < MOST_MULTIPLIER ? top : MOST_MULTIPLIER;
  int best = top, least = 1 << 30;
  for (int m = top; m >= 1 && 10 * m >= 7 * top; m--) {
    const uint16_t* errors = roundings().error[m];
    int error = 0;
    for (int i = 0; i < GROUP; i++) error += errors[sizes[i]];
    if (error < least) {
      least = error;
      best = m;
    }
  }
  return best;
}

// Puts a row of weights of 8 bits in an output's place, rounded.
inline void put_fours(Matrix& m, int place, const int8_t* row, float scale) {
  uint8_t* to = m.fours + size_t(place / BLOCK) * BLOCK * m.k / 2 + place % BLOCK * 4;
  uint8_t* multipliers = m.multipliers + size_t(place / BLOCK) * BLOCK * m.k / GROUP + place % BLOCK;
  int total = 0;
  for (int first = 0; first < m.inputs; first += GROUP, multipliers += BLOCK) {
    int sizes[GROUP] = {};
    int some = m.inputs - first < GROUP ? m.inputs - first : GROUP;
    for (int i = 0; i < some; i++) sizes[i] = std::abs(row[first + i]);
    int multiplier = multiplier_of(sizes);
    *multipliers = uint8_t(multiplier);
    const uint8_t* factors = roundings().factor[multiplier];
    for (int i = 0; i < GROUP; i++) {
      int four = i < some && row[first + i] < 0 ? -factors[sizes[i]] : factors[sizes[i]];
      total += multiplier * four;
      to[size_t(i / 8) * 4 * BLOCK + i % 4] |= uint8_t((four + MOST_OF_FOUR_BITS) << i / 4 % 2 * 4);
    }
    to += GROUP / 8 * 4 * BLOCK;
  }
  m.scale[place] = scale;
  m.shift[place] = 128 * total;
}

}  // namespace dragoman
