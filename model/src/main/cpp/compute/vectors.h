// Vectors: 16 lanes, whatever the registers' width.
#pragma once

#include <math.h>
#include <string.h>

#include "../network.h"

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace dragoman {
namespace {

constexpr int LANES = 16;
typedef float vf __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t vu __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint16_t vh __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint8_t vb __attribute__((vector_size(16), aligned(1), may_alias));

#define INLINED inline __attribute__((always_inline))
#define INLINE static INLINED

INLINE vf load(const float* p) { return *reinterpret_cast<const vf*>(p); }
INLINE void store(float* p, vf v) { *reinterpret_cast<vf*>(p) = v; }
INLINE vf all(float x) { return vf{} + x; }
INLINE vf greater(vf a, vf b) { return a > b ? a : b; }
INLINE vf less(vf a, vf b) { return a < b ? a : b; }

constexpr float LOG2_E = 1.44269504f;

// Adding it leaves the nearest whole number in the last bits.
constexpr float ROUNDER = 12582912.f;

#if defined(__AVX512F__)

INLINE float sum(vf v) { return _mm512_reduce_add_ps((__m512)v); }
INLINE float largest(vf v) { return _mm512_reduce_max_ps((__m512)v); }
INLINE bool any_above(vf v, float bound) {
  return _mm512_cmp_ps_mask((__m512)v, _mm512_set1_ps(bound), _CMP_GT_OQ) != 0;
}

// e^x to about the last digit, for x up to 80.
INLINE vf exponential(vf x) {
  __m512 v = _mm512_max_ps((__m512)x, _mm512_set1_ps(-87.f));
  __m512 whole = _mm512_roundscale_ps(_mm512_mul_ps(v, _mm512_set1_ps(LOG2_E)), _MM_FROUND_TO_NEAREST_INT);
  vf r = (vf)_mm512_fnmadd_ps(whole, _mm512_set1_ps(0.693147182f), v);
  vf p = all(8.3334519073e-3f) + r * 1.3981999507e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  return (vf)_mm512_scalef_ps((__m512)p, whole);
}

// 2^t: the whole part of t goes into the exponent, what is left is from 0 to 1.
INLINE vf power_of_two(vf t) {
  vf r = (vf)_mm512_reduce_ps((__m512)t, _MM_FROUND_TO_NEG_INF);
  vf p = all(9.01668762e-3f) + r * 1.86718286e-3f;
  p = p * r + 5.58004471e-2f;
  p = p * r + 2.40164154e-1f;
  p = p * r + 6.93151363e-1f;
  p = p * r + 1.f;
  return (vf)_mm512_scalef_ps((__m512)p, (__m512)t);
}

// e^x with an error of 3 in a million, in half the time, for x up to 80: what sums of many need.
INLINE vf small_exponential(vf x) {
  __m512 t = _mm512_mul_ps((__m512)x, _mm512_set1_ps(LOG2_E));
  vf r = (vf)_mm512_reduce_ps(t, _MM_FROUND_TO_NEG_INF);
  vf p = all(5.22408969e-2f) + r * 1.34265511e-2f;
  p = p * r + 2.41282688e-1f;
  p = p * r + 6.93044008e-1f;
  p = p * r + 1.f;
  return (vf)_mm512_scalef_ps((__m512)p, t);
}

INLINE vf reciprocal(vf x) {
  __m512 near = _mm512_rcp14_ps((__m512)x);
  return (vf)_mm512_mul_ps(near, _mm512_fnmadd_ps((__m512)x, near, _mm512_set1_ps(2.f)));
}

#else

INLINE float sum(vf v) {
  float s[LANES];
  store(s, v);
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) s[i] += s[i + width];
  }
  return s[0];
}

INLINE float largest(vf v) {
  float s[LANES];
  store(s, v);
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) s[i] = s[i] > s[i + width] ? s[i] : s[i + width];
  }
  return s[0];
}

INLINE bool any_above(vf v, float bound) { return largest(v) > bound; }

// e^x to about the last digit, for x up to 80.
INLINE vf exponential(vf x) {
  x = greater(x, all(-87.f));
  vf whole = x * LOG2_E + ROUNDER - ROUNDER;
  vf r = x - whole * 0.693359375f - whole * -2.12194440e-4f;
  vf p = all(8.3334519073e-3f) + r * 1.3981999507e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  vi power = (__builtin_convertvector(whole, vi) + 127) << 23;
  return p * (vf)power;
}

INLINE vf power_of_two(vf t) { return exponential(t * 0.693147182f); }

INLINE vf small_exponential(vf x) { return exponential(x); }

INLINE vf reciprocal(vf x) { return 1.f / x; }

#endif

// 1 / (1 + e^-x). Where it is 0 or 1 to the last digit e^-x need not be exact, but has to be a number.
INLINE vf sigmoid(vf x) { return reciprocal(1.f + exponential(less(-x, all(80.f)))); }
INLINE vf hyperbolic_tangent(vf x) { return 2.f * reciprocal(1.f + exponential(less(x * -2.f, all(80.f)))) - 1.f; }

// A softmax of few numbers.
void softmax(float* x, int n) {
  float most = x[0], total = 0;
  for (int i = 1; i < n; i++) most = most > x[i] ? most : x[i];
  for (int i = 0; i < n; i++) total += x[i] = expf(x[i] - most);
  for (int i = 0; i < n; i++) x[i] /= total;
}

INLINE vf from_bfloat16(const uint16_t* p) {
  return (vf)(__builtin_convertvector(*reinterpret_cast<const vh*>(p), vu) << 16);
}

INLINE void to_bfloat16(uint16_t* p, vf v) {
  vu bits = (vu)v;
  *reinterpret_cast<vh*>(p) = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, vh);
}

}  // namespace
}  // namespace dragoman
