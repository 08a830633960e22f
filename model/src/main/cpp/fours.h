// Weights of 8 bits rounded to 4 bits, group by group.
#pragma once

#include <cstdlib>

#include "network.h"

namespace dragoman {

// 7 times it is 126, the most that 8 bits have room for.
constexpr int MOST_MULTIPLIER = 18;

// The least that reaches the largest of these weights. Smaller ones that leave a smaller square error, found by trying, were no better.
inline int multiplier_of(const int8_t* weights, int count) {
  int largest = 0;
  for (int i = 0; i < count; i++) largest = std::abs(weights[i]) > largest ? std::abs(weights[i]) : largest;
  int multiplier = (largest + MOST_OF_FOUR_BITS - 1) / MOST_OF_FOUR_BITS;
  return multiplier < MOST_MULTIPLIER ? multiplier : MOST_MULTIPLIER;
}

// The nearest multiple, halves away from zero.
inline int four_bits_of(int weight, int multiplier) {
  if (multiplier == 0) return 0;
  int size = (2 * std::abs(weight) + multiplier) / (2 * multiplier);
  size = size < MOST_OF_FOUR_BITS ? size : MOST_OF_FOUR_BITS;
  return weight < 0 ? -size : size;
}

// Puts a row of weights of 8 bits in an output's place, rounded.
inline void put_fours(Matrix& m, int place, const int8_t* row, float scale) {
  uint8_t* to = m.fours + size_t(place / BLOCK) * BLOCK * m.k / 2 + place % BLOCK * 4;
  uint8_t* multipliers = m.multipliers + size_t(place / BLOCK) * BLOCK * m.k / GROUP + place % 16 * 4 + place % BLOCK / 16;
  int total = 0;
  for (int first = 0; first < m.inputs; first += GROUP, multipliers += BLOCK) {
    int some = m.inputs - first < GROUP ? m.inputs - first : GROUP;
    int multiplier = multiplier_of(row + first, some);
    *multipliers = uint8_t(multiplier);
    for (int i = 0; i < GROUP; i++) {
      int four = four_bits_of(i < some ? row[first + i] : 0, multiplier);
      total += multiplier * four;
      to[size_t(i / 8) * 4 * BLOCK + i % 4] |= uint8_t((four + MOST_OF_FOUR_BITS) << i / 4 % 2 * 4);
    }
    to += GROUP / 8 * 4 * BLOCK;
  }
  m.scale[place] = scale;
  m.shift[place] = 128 * total;
}

}  // namespace dragoman
