// The arithmetic of the network, compiled once for every instruction set (VARIANT names the one at hand).
//
// Everything here is in an unnamed namespace and uses no templates of the standard library: the linker would keep one copy of such a
// template, which another processor might not be able to run.
//
// A row's numbers never depend on the rows beside it: products are sums of whole numbers, which are exact in any order, activations have
// a scale for each row, and what is left goes row by row. So a sentence is translated the same alone and in company, bit for bit.

#include <math.h>
#include <string.h>

#include "network.h"

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace dragoman {
namespace {

// ---- vectors: 16 lanes, whatever the registers' width -----------------------------------------------------------------

constexpr int LANES = 16;
typedef float vf __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t vu __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint16_t vh __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint8_t vb __attribute__((vector_size(16), aligned(1), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vf load(const float* p) { return *reinterpret_cast<const vf*>(p); }
INLINE void store(float* p, vf v) { *reinterpret_cast<vf*>(p) = v; }
INLINE vf all(float x) { return vf{} + x; }
INLINE vf greater(vf a, vf b) { return a > b ? a : b; }
INLINE vf less(vf a, vf b) { return a < b ? a : b; }

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
  __m512 whole = _mm512_roundscale_ps(_mm512_mul_ps(v, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT);
  vf r = (vf)_mm512_fnmadd_ps(whole, _mm512_set1_ps(0.693147182f), v);
  vf p = all(8.3334519073e-3f) + r * 1.3981999507e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  return (vf)_mm512_scalef_ps((__m512)p, whole);
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
  vf whole = x * 1.44269504f + ROUNDER - ROUNDER;
  vf r = x - whole * 0.693359375f - whole * -2.12194440e-4f;
  vf p = all(8.3334519073e-3f) + r * 1.3981999507e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  vi power = (__builtin_convertvector(whole, vi) + 127) << 23;
  return p * (vf)power;
}

INLINE vf reciprocal(vf x) { return 1.f / x; }

#endif

// 1 / (1 + e^-x). Where it is 0 or 1 to the last digit e^-x need not be exact, but has to be a number.
INLINE vf sigmoid(vf x) { return reciprocal(1.f + exponential(less(-x, all(80.f)))); }
INLINE vf hyperbolic_tangent(vf x) { return 2.f * reciprocal(1.f + exponential(less(x * -2.f, all(80.f)))) - 1.f; }

INLINE vf from_bfloat16(const uint16_t* p) {
  return (vf)(__builtin_convertvector(*reinterpret_cast<const vh*>(p), vu) << 16);
}

INLINE void to_bfloat16(uint16_t* p, vf v) {
  vu bits = (vu)v;
  *reinterpret_cast<vh*>(p) = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, vh);
}

// ---- activations in 8 bits ----------------------------------------------------------------------------------------------

// A tile is 16 rows of 64 bytes.
constexpr int TILE_ROWS = 16;

#if defined(__AMX_INT8__)
// From so many rows on products go by tiles, which take signed numbers.
constexpr int TILES_FROM = 5;
#else
constexpr int TILES_FROM = 1 << 30;
#endif

// Rows [m, k] of 8 bits, each with a scale: tile after tile, [m / 16][k / 64][16][64]. They are signed where products go by tiles, else 128
// above their value, as the other instructions want them.
struct Quantised {
  uint8_t* values;
  float* scale;
  int k;
  bool tiles;

  // Where 64 numbers of a row lie, those of the row's next part a tile further.
  uint8_t* at(int row) const {
    return values + size_t(row / TILE_ROWS) * TILE_ROWS * k + row % TILE_ROWS * BLOCK;
  }
};

constexpr int NEXT = TILE_ROWS * BLOCK;

INLINE size_t bytes_of(int m, int k) { return size_t(m + 2 * TILE_ROWS) * k; }

INLINE float quantise_row(const float* x, int k, uint8_t* q, int shift) {
  vf most = vf{};
  for (int i = 0; i < k; i += LANES) {
    vf v = load(x + i);
    most = greater(most, greater(v, -v));
  }
  float top = largest(most);
  float inverse = top > 0 ? 127.f / top : 0;
  for (int i = 0; i < k; i += BLOCK, q += NEXT) {
    for (int j = 0; j < BLOCK; j += LANES) {
      vi whole = (vi)(load(x + i + j) * inverse + ROUNDER) - 0x4B400000 + shift;
      *reinterpret_cast<vb*>(q + j) = __builtin_convertvector(whole, vb);
    }
  }
  return top / 127.f;
}

// Rows of floats: row r is at x + (index ? index[r] : r) * stride.
INLINE Quantised quantise(
    Session& s, Buffer values, Buffer scales, const float* x, int stride, const int* index, int m, int k) {
  bool tiles = m >= TILES_FROM;
  Quantised q{
      static_cast<uint8_t*>(scratch(s, values, bytes_of(m, k))),
      static_cast<float*>(scratch(s, scales, m * sizeof(float))),
      k,
      tiles};
  for (int r = 0; r < m; r++) {
    q.scale[r] = quantise_row(x + size_t(index ? index[r] : r) * stride, k, q.at(r), tiles ? 0 : 128);
  }
  return q;
}

// A row from one batch to another, which may be of the other kind.
INLINE void copy_row(const Quantised& from, int row, const Quantised& to, int place) {
  const uint8_t* q = from.at(row);
  uint8_t* p = to.at(place);
  vu change = vu{} + (from.tiles == to.tiles ? 0u : 0x80808080u);
  for (int i = 0; i < from.k; i += BLOCK, q += NEXT, p += NEXT) {
    *reinterpret_cast<vu*>(p) = *reinterpret_cast<const vu*>(q) ^ change;
  }
  to.scale[place] = from.scale[row];
}

// ---- products of 8 bits: m rows times 64 outputs -> c [m, 64] ---------------------------------------------------------------

// So many that half a block of weights, read into the nearest cache for the first of them, is used often before it has to go; few enough that
// their results stay near.
constexpr int MOST_ROWS = 128;

#if defined(__AVX512VNNI__)

template <int M>
INLINE void rows_times_block(const Quantised& x, int first, const int8_t* w, const int32_t* shift, int32_t* c) {
  __m512i sums[M][4];
  const uint8_t* a[M];
  for (int m = 0; m < M; m++) {
    for (int n = 0; n < 4; n++) {
      sums[m][n] = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_load_si512(shift + n * LANES));
    }
    a[m] = x.at(first + m);
  }
  for (int tile = 0; tile < x.k; tile += BLOCK) {
    for (int at = 0; at < BLOCK; at += 4, w += 4 * BLOCK) {
      __m512i w0 = _mm512_load_si512(w), w1 = _mm512_load_si512(w + 64);
      __m512i w2 = _mm512_load_si512(w + 128), w3 = _mm512_load_si512(w + 192);
      for (int ahead = 0; ahead < 256; ahead += 64) {
        _mm_prefetch(reinterpret_cast<const char*>(w) + 4096 + ahead, _MM_HINT_T0);
      }
      for (int m = 0; m < M; m++) {
        int32_t four;
        memcpy(&four, a[m] + at, 4);
        __m512i v = _mm512_set1_epi32(four);
        sums[m][0] = _mm512_dpbusd_epi32(sums[m][0], v, w0);
        sums[m][1] = _mm512_dpbusd_epi32(sums[m][1], v, w1);
        sums[m][2] = _mm512_dpbusd_epi32(sums[m][2], v, w2);
        sums[m][3] = _mm512_dpbusd_epi32(sums[m][3], v, w3);
      }
    }
    for (int m = 0; m < M; m++) a[m] += NEXT;
  }
  for (int m = 0; m < M; m++) {
    for (int n = 0; n < 4; n++) _mm512_store_si512(c + m * BLOCK + n * LANES, sums[m][n]);
  }
}

constexpr int STEP = 6;

INLINE void few_rows(const Quantised& x, int first, int m, const int8_t* w, const int32_t* shift, int32_t* c) {
  switch (m) {
    case 1: return rows_times_block<1>(x, first, w, shift, c);
    case 2: return rows_times_block<2>(x, first, w, shift, c);
    case 3: return rows_times_block<3>(x, first, w, shift, c);
    case 4: return rows_times_block<4>(x, first, w, shift, c);
    case 5: return rows_times_block<5>(x, first, w, shift, c);
    default: return rows_times_block<6>(x, first, w, shift, c);
  }
}

#elif defined(__AVX2__)

// Without an instruction for it: bytes are widened to 16 bits, whose products are added in pairs without loss.
constexpr int STEP = 1;

INLINE void few_rows(const Quantised& x, int row, int, const int8_t* panel, const int32_t* shift, int32_t* c) {
  for (int half = 0; half < 2; half++) {
    __m256i sums[8];
    for (int i = 0; i < 8; i++) sums[i] = _mm256_setzero_si256();
    const int8_t* w = panel + half * 128;
    const uint8_t* a = x.at(row);
    for (int tile = 0; tile < x.k; tile += BLOCK, a += NEXT) {
      for (int at = 0; at < BLOCK; at += 4, w += 4 * BLOCK) {
        int32_t four;
        memcpy(&four, a + at, 4);
        __m256i v = _mm256_broadcastq_epi64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(four)));
        for (int i = 0; i < 8; i++) {
          __m256i wide = _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(w + 16 * i)));
          sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(v, wide));
        }
      }
    }
    for (int i = 0; i < 8; i += 2) {
      // Pairs of two registers, of four outputs each.
      __m256i both = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[i], sums[i + 1]), 0xD8);
      int n = half * 32 + 4 * i;
      __m256i less = _mm256_load_si256(reinterpret_cast<const __m256i*>(shift + n));
      _mm256_store_si256(reinterpret_cast<__m256i*>(c + n), _mm256_sub_epi32(both, less));
    }
  }
}

#elif defined(__ARM_FEATURE_DOTPROD)

// Signed times signed: the 128 is taken off the activations, and nothing off the sum.
constexpr int STEP = 1;

INLINE void few_rows(const Quantised& x, int row, int, const int8_t* panel, const int32_t*, int32_t* c) {
  const uint32x4_t sign = vdupq_n_u32(0x80808080u);
  int32x4_t sums[16];
  for (int i = 0; i < 16; i++) sums[i] = vdupq_n_s32(0);
  const uint8_t* a = x.at(row);
  const int8_t* w = panel;
  for (int tile = 0; tile < x.k; tile += BLOCK, a += NEXT) {
    for (int at = 0; at < BLOCK; at += 4, w += 4 * BLOCK) {
      uint32_t four;
      memcpy(&four, a + at, 4);
      int8x16_t v = vreinterpretq_s8_u32(veorq_u32(vdupq_n_u32(four), sign));
      for (int i = 0; i < 16; i++) sums[i] = vdotq_s32(sums[i], v, vld1q_s8(w + 16 * i));
    }
  }
  for (int i = 0; i < 16; i++) vst1q_s32(c + 4 * i, sums[i]);
}

#else

constexpr int STEP = 1;

INLINE void few_rows(const Quantised& x, int row, int, const int8_t* panel, const int32_t* shift, int32_t* c) {
  for (int n = 0; n < BLOCK; n++) c[n] = -shift[n];
  const uint8_t* a = x.at(row);
  const int8_t* w = panel;
  for (int tile = 0; tile < x.k; tile += BLOCK, a += NEXT) {
    for (int at = 0; at < BLOCK; at += 4, w += 4 * BLOCK) {
      for (int n = 0; n < BLOCK; n++) {
        c[n] += a[at] * w[4 * n] + a[at + 1] * w[4 * n + 1] + a[at + 2] * w[4 * n + 2] + a[at + 3] * w[4 * n + 3];
      }
    }
  }
}

#endif

#if defined(__AMX_INT8__)

struct TileConfiguration {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {};
  uint8_t rows[16] = {};
};

INLINE void open_tiles() {
  TileConfiguration configuration;
  for (int i = 0; i < 8; i++) {
    configuration.bytes[i] = 64;
    configuration.rows[i] = TILE_ROWS;
  }
  // GCC's header tells the compiler that the first eight bytes are read, which may then leave out writing the others.
  __asm__ volatile("" : : "r"(&configuration) : "memory");
  _tile_loadconfig(&configuration);
}

// Other code of this thread may have tiles of its own.
INLINE void close_tiles() { _tile_release(); }

// Four lines of weights of 64 outputs make a tile's row; results of rows that are not there are computed and left alone.
constexpr int LINE = 4 * BLOCK;

INLINE void tiles_of_16(const uint8_t* a, int k, const int8_t* w, int32_t* c) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int tile = 0; tile < k; tile += BLOCK, a += NEXT, w += size_t(BLOCK) * BLOCK) {
    for (int ahead = 0; ahead < BLOCK * BLOCK; ahead += 64) {
      _mm_prefetch(reinterpret_cast<const char*>(w) + 8192 + ahead, _MM_HINT_T0);
    }
    _tile_loadd(4, a, BLOCK);
    _tile_loadd(5, w, LINE);
    _tile_dpbssd(0, 4, 5);
    _tile_loadd(6, w + 64, LINE);
    _tile_dpbssd(1, 4, 6);
    _tile_loadd(7, w + 128, LINE);
    _tile_dpbssd(2, 4, 7);
    _tile_loadd(5, w + 192, LINE);
    _tile_dpbssd(3, 4, 5);
  }
  _tile_stored(0, c, LINE);
  _tile_stored(1, c + 16, LINE);
  _tile_stored(2, c + 32, LINE);
  _tile_stored(3, c + 48, LINE);
}

// 32 rows times 32 outputs. Meanwhile so many lines a tile of weights that come next, from 'ahead' on, are fetched: arithmetic and memory
// are each about as slow as the other.
INLINE void tiles_of_32(const uint8_t* a, int k, const int8_t* w, int32_t* c, const int8_t* ahead, int lines) {
  const uint8_t* b = a + size_t(TILE_ROWS) * k;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int tile = 0; tile < k; tile += BLOCK, a += NEXT, b += NEXT, w += size_t(BLOCK) * BLOCK) {
    for (int line = 0; line < lines; line++, ahead += 64) {
      _mm_prefetch(reinterpret_cast<const char*>(ahead), _MM_HINT_T1);
    }
    _tile_loadd(4, a, BLOCK);
    _tile_loadd(6, w, LINE);
    _tile_loadd(5, b, BLOCK);
    _tile_loadd(7, w + 64, LINE);
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
  }
  _tile_stored(0, c, LINE);
  _tile_stored(1, c + 16, LINE);
  _tile_stored(2, c + TILE_ROWS * BLOCK, LINE);
  _tile_stored(3, c + TILE_ROWS * BLOCK + 16, LINE);
}

#else
INLINE void open_tiles() {}
INLINE void close_tiles() {}
#endif

// m rows, at most MOST_ROWS.
INLINE void block_product(
    const Quantised& x, int first, int m, const int8_t* panel, const int32_t* shift, int32_t* c, bool ahead) {
  (void)ahead;
#if defined(__AMX_INT8__)
  if (x.tiles) {
    if (m <= TILE_ROWS) {
      tiles_of_16(x.at(first), x.k, panel, c);
      return;
    }
    // The next block, in equal parts.
    int calls = 2 * ((m + 2 * TILE_ROWS - 1) / (2 * TILE_ROWS));
    int lines = ahead ? (BLOCK + calls - 1) / calls : 0;
    const int8_t* next = panel + size_t(BLOCK) * x.k;
    for (int half = 0; half < 2; half++) {
      for (int r = 0; r < m; r += 2 * TILE_ROWS) {
        tiles_of_32(x.at(first + r), x.k, panel + half * 128, c + r * BLOCK + half * 32, next, lines);
        next += size_t(lines) * 64 * (x.k / BLOCK);
      }
    }
    return;
  }
#endif
  for (int r = 0; r < m; r += STEP) {
    few_rows(x, first + r, m - r < STEP ? m - r : STEP, panel, shift, c + r * BLOCK);
  }
}

struct Part {
  Quantised x;
  const Matrix* w;
};

struct alignas(64) Sums {
  int32_t of[MOST_PARTS + 1][MOST_ROWS][BLOCK];
};

INLINE const int8_t* panel_of(const Matrix& w, int block) { return w.packed + size_t(block) * BLOCK * w.k; }

// 16 outputs of one row, of all parts together.
INLINE vf scaled(const Part* parts, int count, const Sums& sums, int row, int local, int block, int at) {
  vf y = vf{};
  for (int p = 0; p < count; p++) {
    const Matrix& w = *parts[p].w;
    int n = block * BLOCK + at;
    vi whole = *reinterpret_cast<const vi*>(&sums.of[p][local][at]);
    y += __builtin_convertvector(whole, vf) * (load(w.scale + n) * parts[p].x.scale[row]);
  }
  return y;
}

// Runs the products of all rows block of outputs by block of outputs, so that weights are read once and results are used while they are
// near. 'use' gets the first row, how many rows, the block and the sums.
template <class Use>
INLINE void products(const Part* parts, int count, int m, int blocks, Use use) {
  Sums sums;
  for (int block = 0; block < blocks; block++) {
    for (int first = 0; first < m; first += MOST_ROWS) {
      int rows = m - first < MOST_ROWS ? m - first : MOST_ROWS;
      for (int p = 0; p < count; p++) {
        const Part& part = parts[p];
        block_product(
            part.x, first, rows, panel_of(*part.w, block), part.w->shift + block * BLOCK, &sums.of[p][0][0], first == 0);
      }
      use(first, rows, block, sums);
    }
  }
}

enum Activation { NONE, RELU, TANH };

// y [m, stride] = sum of parts + bias; with room for a whole last block in every row.
void linear(const Part* parts, int count, int m, const float* bias, Activation activation, float* y, int stride) {
  products(parts, count, m, parts[0].w->n / BLOCK, [&](int first, int rows, int block, const Sums& sums) {
    for (int r = 0; r < rows; r++) {
      float* to = y + size_t(first + r) * stride + block * BLOCK;
      for (int at = 0; at < BLOCK; at += LANES) {
        vf v = scaled(parts, count, sums, first + r, r, block, at);
        if (bias) v += load(bias + block * BLOCK + at);
        if (activation == RELU) v = greater(v, vf{});
        if (activation == TANH) v = hyperbolic_tangent(v);
        store(to + at, v);
      }
    }
  });
}

void linear(const Quantised& x, const Matrix& w, int m, const float* bias, Activation activation, float* y, int stride) {
  Part part{x, &w};
  linear(&part, 1, m, bias, activation, y, stride);
}

// ---- LSTM -----------------------------------------------------------------------------------------------------------------

// Where a step's rows are: row r of an array at base + index[r] * stride.
struct Placed {
  float* base;
  int stride;
  const int* index;  // null for r itself
  float* at(int r) const { return base + size_t(index ? index[r] : r) * stride; }
};

// One step of a layer. The input's part comes as products, or ready with the bias in it where 'ready' has a base. Outputs are written to h
// [m, stride].
void lstm_step(
    Session& s,
    const Lstm& layer,
    const Part* inputs,
    int input_count,
    const Placed& ready,
    const Quantised& recurrent,
    int m,
    const Placed& cells_before,
    const Placed& cells_after,
    float* h,
    int h_stride) {
  Part parts[MOST_PARTS + 1];
  int count = 0;
  for (int i = 0; i < input_count; i++) parts[count++] = inputs[i];
  parts[count++] = {recurrent, &layer.recurrent};
  int width = padded(layer.cells);
  float* outputs = h;
  int stride = h_stride;
  if (layer.projected) {
    outputs = static_cast<float*>(scratch(s, CELLS_OUT, size_t(m) * width * sizeof(float)));
    stride = width;
  }
  int blocks = layer.recurrent.n / BLOCK;
  products(parts, count, m, blocks, [&](int first, int rows, int block, const Sums& sums) {
    for (int r = 0; r < rows; r++) {
      int row = first + r;
      const float* given = ready.base ? ready.at(row) + block * BLOCK : layer.bias + block * BLOCK;
      vf gates[4];
      for (int g = 0; g < 4; g++) {
        gates[g] = load(given + g * LANES) + scaled(parts, count, sums, row, r, block, g * LANES);
      }
      vf cell = sigmoid(gates[1]) * load(cells_before.at(row) + block * LANES)
          + sigmoid(gates[0]) * hyperbolic_tangent(gates[2]);
      store(cells_after.at(row) + block * LANES, cell);
      store(outputs + size_t(row) * stride + block * LANES, sigmoid(gates[3]) * hyperbolic_tangent(cell));
    }
  });
  // Cells are written 16 at a time; what is beyond them up to the next whole block is read by products.
  for (int r = 0; r < m; r++) {
    for (int i = blocks * LANES; i < width; i += LANES) store(outputs + size_t(r) * stride + i, vf{});
  }
  if (layer.projected) {
    Quantised q = quantise(s, QUANTISED_3, QUANTISED_SCALE_3, outputs, width, nullptr, m, layer.projection.k);
    linear(q, layer.projection, m, nullptr, NONE, h, h_stride);
  }
}

// ---- mixture of experts ---------------------------------------------------------------------------------------------------

struct Choice {
  int expert;
  float gate;
};

// logits[n] = x . gate, [n / 16][width][16]
void gate_logits(const float* x, const float* gate, int width, int n, float* logits) {
  for (int block = 0; block < n; block += LANES) {
    const float* w = gate + size_t(block) * width;
    vf even = vf{}, odd = vf{};
    int d = 0;
    for (; d + 1 < width; d += 2) {
      even += load(w + d * LANES) * x[d];
      odd += load(w + (d + 1) * LANES) * x[d + 1];
    }
    if (d < width) even += load(w + d * LANES) * x[d];
    store(logits + block, even + odd);
  }
}

// The k largest, ties to the lower place, and the softmax over them.
int top_k(const float* logits, int n, int k, Choice* choices) {
  int count = 0;
  for (int i = 0; i < n; i++) {
    if (count == k && !(logits[i] > choices[k - 1].gate)) continue;
    int at = count < k ? count++ : k - 1;
    for (; at > 0 && choices[at - 1].gate < logits[i]; at--) choices[at] = choices[at - 1];
    choices[at] = {i, logits[i]};
  }
  float most = choices[0].gate, total = 0;
  for (int i = 0; i < count; i++) total += choices[i].gate = expf(choices[i].gate - most);
  for (int i = 0; i < count; i++) choices[i].gate /= total;
  return count;
}

void softmax(float* x, int n) {
  float most = x[0], total = 0;
  for (int i = 1; i < n; i++) most = most > x[i] ? most : x[i];
  for (int i = 0; i < n; i++) total += x[i] = expf(x[i] - most);
  for (int i = 0; i < n; i++) x[i] /= total;
}

// Gates above their thresholds, made to sum to 1 (Shazeer et al. 2017, equations 16 and 19).
int over_thresholds(float* g, int n, const float* thresholds, Choice* choices) {
  softmax(g, n);
  int count = 0;
  float total = 0;
  for (int i = 0; i < n; i++) {
    if (g[i] > thresholds[i]) {
      choices[count++] = {i, g[i]};
      total += g[i];
    }
  }
  for (int i = 0; i < count; i++) choices[i].gate /= total;
  return count;
}

// The experts of one row, in ascending order.
int route(const Network& net, const Mixture& mixture, const float* x, float* logits, Choice* choices) {
  const Configuration& c = net.c;
  int groups = c.groups, each = groups > 0 ? c.experts / groups : c.experts;
  int count = 0;
  switch (c.gate_kind) {
    case SOFTMAX:
      gate_logits(x, mixture.gate, mixture.width, c.experts, logits);
      softmax(logits, c.experts);
      for (int e = 0; e < c.experts; e++) choices[count++] = {e, logits[e]};
      break;
    case NOISY:
      gate_logits(x, mixture.gate, mixture.width, c.experts, logits);
      count = top_k(logits, c.experts, c.per_row < c.experts ? c.per_row : c.experts, choices);
      break;
    case BALANCED:
      gate_logits(x, mixture.gate, mixture.width, c.experts, logits);
      count = over_thresholds(logits, c.experts, mixture.threshold, choices);
      break;
    default: {
      bool balanced = c.gate_kind == BALANCED_GROUPS;
      gate_logits(x, mixture.gate, mixture.width, groups, logits);
      Choice* outer = choices + c.experts;
      int chosen = balanced ? over_thresholds(logits, groups, mixture.threshold, outer)
                            : top_k(logits, groups, c.per_row < groups ? c.per_row : groups, outer);
      size_t size = size_t((each + LANES - 1) / LANES * LANES) * mixture.width;
      for (int g = 0; g < chosen; g++) {
        int group = outer[g].expert;
        gate_logits(x, mixture.inner + group * size, mixture.width, each, logits);
        Choice* inner = choices + count;
        int in_group = balanced ? over_thresholds(logits, each, mixture.inner_threshold + group * each, inner)
                                : top_k(logits, each, c.per_row < each ? c.per_row : each, inner);
        for (int i = 0; i < in_group; i++) {
          inner[i].expert += group * each;
          inner[i].gate *= outer[g].gate;
        }
        count += in_group;
      }
    }
  }
  for (int i = 1; i < count; i++) {
    Choice moved = choices[i];
    int at = i;
    for (; at > 0 && choices[at - 1].expert > moved.expert; at--) choices[at] = choices[at - 1];
    choices[at] = moved;
  }
  return count;
}

// x [m, stride] becomes x + mixture(x).
void mixture_layer(Session& s, Mixture& mixture, float* x, int stride, int m) {
  Network& net = *s.network;
  int n = net.c.experts;
  int width = padded(mixture.width);
  Quantised q = quantise(s, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, width);

  float* logits = static_cast<float*>(scratch(s, ROUTING, (n + LANES) * sizeof(float) + 2 * n * sizeof(Choice)));
  Choice* choices = reinterpret_cast<Choice*>(logits + n + LANES);
  // begins [n + 1] of the experts' assignments, then of the rows' [m + 1]; then the assignments by row: expert, slot; gates.
  int kind = net.c.gate_kind, k = net.c.per_row;
  int per_row = kind == NOISY ? k : kind == NOISY_GROUPS ? k * k : n;
  size_t room = size_t(m) * per_row;
  int* begins = static_cast<int*>(scratch(s, ASSIGNED, (n + m + 2 + 2 * room) * sizeof(int) + room * sizeof(float)));
  int* row_begins = begins + n + 1;
  int* experts = row_begins + m + 1;
  int* slots = experts + room;
  float* gates = reinterpret_cast<float*>(slots + room);
  memset(begins, 0, (n + 1) * sizeof(int));
  int assigned = 0;
  for (int r = 0; r < m; r++) {
    row_begins[r] = assigned;
    int count = route(net, mixture, x + size_t(r) * stride, logits, choices);
    for (int i = 0; i < count; i++) {
      experts[assigned] = choices[i].expert;
      gates[assigned++] = choices[i].gate;
      begins[choices[i].expert + 1]++;
    }
  }
  row_begins[m] = assigned;
  for (int e = 0; e < n; e++) begins[e + 1] += begins[e];

  // Each expert's rows begin with a tile.
  size_t room_for_rows = 0;
  int* places = static_cast<int*>(scratch(s, ORDER, 2 * n * sizeof(int)));
  int* next = places + n;
  for (int e = 0; e < n; e++) {
    int count = begins[e + 1] - begins[e];
    places[e] = int(room_for_rows);
    next[e] = 0;
    room_for_rows += (count + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  }
  uint8_t* values = static_cast<uint8_t*>(scratch(s, EXPERT_ROWS, bytes_of(room_for_rows, width)));
  float* scales = static_cast<float*>(scratch(s, EXPERT_SCALE, room_for_rows * sizeof(float)));
  auto rows_of = [&](int e) {
    bool tiles = begins[e + 1] - begins[e] >= TILES_FROM;
    return Quantised{values + size_t(places[e]) * width, scales + places[e], width, tiles};
  };
  for (int r = 0; r < m; r++) {
    for (int i = row_begins[r]; i < row_begins[r + 1]; i++) {
      int e = experts[i];
      slots[i] = begins[e] + next[e];
      copy_row(q, r, rows_of(e), next[e]++);
    }
  }
  float* out = static_cast<float*>(scratch(s, EXPERT_OUT, size_t(assigned) * width * sizeof(float)));
  for (int e = 0; e < n; e++) {
    int begin = begins[e], count = begins[e + 1] - begin;
    if (count == 0) continue;
    const Expert& chosen = expert(net, mixture, e);
    int hidden = chosen.hidden.n;
    float* h = static_cast<float*>(scratch(s, EXPERT_HIDDEN, size_t(count) * hidden * sizeof(float)));
    linear(rows_of(e), chosen.hidden, count, nullptr, RELU, h, hidden);
    Quantised hq = quantise(s, QUANTISED_2, QUANTISED_SCALE_2, h, hidden, nullptr, count, hidden);
    linear(hq, chosen.output, count, nullptr, NONE, out + size_t(begin) * width, width);
  }
  for (int r = 0; r < m; r++) {
    float* to = x + size_t(r) * stride;
    for (int d = 0; d < width; d += LANES) {
      vf y = vf{};
      for (int i = row_begins[r]; i < row_begins[r + 1]; i++) {
        y += load(out + size_t(slots[i]) * width + d) * gates[i];
      }
      if (net.c.sigmoid) {
        y = sigmoid(y);
        for (int i = 0; i < LANES; i++) {
          if (d + i >= mixture.width) y[i] = 0;
        }
      }
      store(to + d, load(to + d) + y);
    }
  }
  count(mixture, experts, gates, assigned);
}

// ---- attention ------------------------------------------------------------------------------------------------------------

// Queries [m, stride] to contexts [m, padded D]; keeps the weights, the mean over heads, in the session.
void attend(Session& s, Source* const* sources, const float* x, int stride, int m, float* contexts) {
  Network& net = *s.network;
  const Configuration& c = net.c;
  int size = padded(c.attention), width = padded(c.width);
  Quantised q = quantise(s, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, net.query.k);
  float* queries = static_cast<float*>(scratch(s, ATTENTION_QUERY, size_t(m) * size * sizeof(float)));
  linear(q, net.query, m, nullptr, NONE, queries, size);
  int longest = 0;
  for (int r = 0; r < m; r++) longest = longest > sources[r]->length ? longest : sources[r]->length;
  int score_stride = (longest + LANES - 1) / LANES * LANES;
  float* kept = static_cast<float*>(scratch(s, ATTENTION_SCORES, size_t(m + 1) * score_stride * sizeof(float)));
  float* scores = kept + size_t(m) * score_stride;
  s.attention = kept;
  s.attention_stride = score_stride;
  // Parts of a head begin where vectors need not, so several heads go number by number through what one does in vectors.
  int of_head = c.attention / c.heads, of_context = c.width / c.heads;
  for (int r = 0; r < m; r++) {
    const Source& source = *sources[r];
    float* query = queries + size_t(r) * size;
    float* context = contexts + size_t(r) * width;
    float* weights = kept + size_t(r) * score_stride;
    memset(weights, 0, score_stride * sizeof(float));
    if (c.score == 0) {
      for (int a = 0; a < size; a += LANES) store(query + a, hyperbolic_tangent(load(query + a)) * load(net.score + a));
    }
    if (c.heads > 1) memset(context, 0, width * sizeof(float));
    for (int head = 0; head < c.heads; head++) {
      int from = c.heads == 1 ? 0 : head * of_head, to = c.heads == 1 ? size : from + of_head;
      for (int t = 0; t < source.length; t++) {
        const uint16_t* key = source.keys + size_t(t) * size;
        float score = 0;
        if (c.heads == 1) {
          vf y = vf{};
          for (int a = 0; a < size; a += LANES) {
            vf k = from_bfloat16(key + a);
            y += c.score == 0 ? load(query + a) * k : hyperbolic_tangent(load(query + a) + k) * load(net.score + a);
          }
          score = sum(y);
        } else {
          for (int a = from; a < to; a++) {
            uint32_t bits = uint32_t(key[a]) << 16;
            float k;
            memcpy(&k, &bits, 4);
            score += c.score == 0 ? query[a] * k : tanhf(query[a] + k) * net.score[a];
          }
        }
        scores[t] = score;
      }
      softmax(scores, source.length);
      for (int t = 0; t < source.length; t++) weights[t] += scores[t] / float(c.heads);
      if (c.heads == 1) {
        for (int d = 0; d < width; d += LANES) {
          vf y = vf{};
          for (int t = 0; t < source.length; t++) y += from_bfloat16(source.memory + size_t(t) * width + d) * scores[t];
          store(context + d, y);
        }
      } else {
        for (int t = 0; t < source.length; t++) {
          for (int d = head * of_context; d < (head + 1) * of_context; d++) {
            uint32_t bits = uint32_t(source.memory[size_t(t) * width + d]) << 16;
            float v;
            memcpy(&v, &bits, 4);
            context[d] += v * scores[t];
          }
        }
      }
    }
  }
}

// ---- embedding and softmax --------------------------------------------------------------------------------------------------

void embed(const Network& net, const int* ids, int m, float* x) {
  int width = padded(net.c.width);
  for (int r = 0; r < m; r++) {
    float* to = x + size_t(r) * width;
    int id = ids[r];
    if (net.embedding) {
      const int8_t* row = net.embedding + size_t(id) * net.c.width;
      for (int d = 0; d < net.c.width; d++) to[d] = row[d] * net.embedding_scale[id];
    } else {
      const Matrix& w = net.softmax[0];
      const int8_t* lines = panel_of(w, id / BLOCK) + id % BLOCK * 4;
      for (int d = 0; d < net.c.width; d++) to[d] = lines[size_t(d / 4) * BLOCK * 4 + d % 4] * w.scale[id];
    }
    for (int d = net.c.width; d < width; d++) to[d] = 0;
  }
}

// So many blocks of logits are summed up by themselves, so that the sum does not depend on who computes them.
constexpr int CHUNK = 16;

// Of a chunk of a row's logits: the sum of e^(logit - reference), lane by lane.
struct Total {
  float lanes[LANES];
  float reference;
};

// Logits may be so far above the reference; e^60 is far from too large a number.
constexpr float HEADROOM = 60;

void best_pieces(Session& s, const Part* parts, int count, int m, int top, int* best, float* scores) {
  const Network& net = *s.network;
  int blocks = parts[0].w->n / BLOCK;
  int chunks = (blocks + CHUNK - 1) / CHUNK;
  Total* totals = static_cast<Total*>(scratch(s, CHUNKS, size_t(m) * chunks * sizeof(Total)));
  int* found = static_cast<int*>(scratch(s, TOP, m * sizeof(int)));
  memset(found, 0, m * sizeof(int));
  products(parts, count, m, blocks, [&](int first, int rows, int block, const Sums& sums) {
    for (int r = 0; r < rows; r++) {
      int row = first + r;
      vf logits[BLOCK / LANES];
      for (int i = 0; i < BLOCK / LANES; i++) {
        int at = i * LANES;
        logits[i] = scaled(parts, count, sums, row, r, block, at) + load(net.softmax_bias + block * BLOCK + at);
      }
      vf high = greater(greater(logits[0], logits[1]), greater(logits[2], logits[3]));
      Total& chunk = totals[size_t(row) * chunks + block / CHUNK];
      if (block % CHUNK == 0) {
        chunk.reference = largest(high);
        store(chunk.lanes, vf{});
      } else if (any_above(high, chunk.reference + HEADROOM)) {
        float most = largest(high);
        store(chunk.lanes, load(chunk.lanes) * expf(chunk.reference - most));
        chunk.reference = most;
      }
      vf total = load(chunk.lanes);
      for (int i = 0; i < BLOCK / LANES; i++) total += exponential(logits[i] - chunk.reference);
      store(chunk.lanes, total);

      int* ids = best + size_t(row) * top;
      float* kept = scores + size_t(row) * top;
      int have = found[row];
      if (have == top && !any_above(high, kept[top - 1])) continue;
      float values[BLOCK];
      for (int i = 0; i < BLOCK / LANES; i++) store(values + i * LANES, logits[i]);
      for (int i = 0; i < BLOCK; i++) {
        int id = block * BLOCK + i;
        if (id >= net.c.vocabulary || (have == top && !(values[i] > kept[top - 1]))) continue;
        int at = have < top ? have++ : top - 1;
        for (; at > 0 && kept[at - 1] < values[i]; at--) {
          kept[at] = kept[at - 1];
          ids[at] = ids[at - 1];
        }
        kept[at] = values[i];
        ids[at] = id;
      }
      found[row] = have;
    }
  });
  for (int r = 0; r < m; r++) {
    const Total* of_row = totals + size_t(r) * chunks;
    float most = of_row[0].reference;
    for (int i = 1; i < chunks; i++) most = most > of_row[i].reference ? most : of_row[i].reference;
    double total = 0;
    for (int i = 0; i < chunks; i++) {
      total += double(sum(load(of_row[i].lanes))) * exp(double(of_row[i].reference) - most);
    }
    float log_total = float(most + log(total));
    for (int i = 0; i < found[r]; i++) scores[size_t(r) * top + i] -= log_total;
  }
}

// ---- decoder ----------------------------------------------------------------------------------------------------------------

void add(float* x, const float* y, size_t n) {
  for (size_t i = 0; i < n; i += LANES) store(x + i, load(x + i) + load(y + i));
}

void step(Session& s, const int* ids, int top, int* best, float* log_probabilities) {
  Network& net = *s.network;
  const Configuration& c = net.c;
  int m = s.rows.count, width = padded(c.width);
  size_t size = size_t(m) * width;
  open_tiles();
  float* before = s.state[s.current];
  float* after = s.state[1 - s.current];
  int fed = state_offset(net, c.decoder_layers);
  float* input = static_cast<float*>(scratch(s, EMBEDDED, size * sizeof(float)));
  float* x = static_cast<float*>(scratch(s, LAYER, size * sizeof(float)));
  float* y = static_cast<float*>(scratch(s, LSTM_OUTPUT, size * sizeof(float)));
  float* context = static_cast<float*>(scratch(s, CONTEXT, size * sizeof(float)));
  embed(net, ids, m, input);

  // The recurrent input of the first layer, also the query of the recurrent form.
  if (c.form == RECURRENT) {
    float* last = static_cast<float*>(scratch(s, LAYER_2, size * sizeof(float)));
    for (int r = 0; r < m; r++) memcpy(last + size_t(r) * width, before + size_t(s.rows.origin[r]) * s.stride, width * sizeof(float));
    attend(s, s.rows.source, last, width, m, context);
  }
  for (int l = 0; l < c.decoder_layers; l++) {
    const Lstm& layer = net.decoder[l];
    int offset = state_offset(net, l), cells = offset + padded(layer.outputs);
    const float* read = l == 0 ? input : x;
    Part parts[MOST_PARTS];
    int count = 0;
    parts[count] = {quantise(s, QUANTISED, QUANTISED_SCALE, read, width, nullptr, m, layer.input[0].k), &layer.input[0]};
    count++;
    if (layer.parts > 1) {
      bool from_state = l == 0 && c.form == INPUT_FEEDING;
      parts[count] = {
          from_state ? quantise(s, QUANTISED_2, QUANTISED_SCALE_2, before + fed, s.stride, s.rows.origin, m, layer.input[1].k)
                     : quantise(s, QUANTISED_2, QUANTISED_SCALE_2, context, width, nullptr, m, layer.input[1].k),
          &layer.input[1]};
      count++;
    }
    Quantised recurrent =
        quantise(s, RECURRENT_Q, RECURRENT_SCALE, before + offset, s.stride, s.rows.origin, m, layer.recurrent.k);
    lstm_step(
        s,
        layer,
        parts,
        count,
        {nullptr, 0, nullptr},
        recurrent,
        m,
        {before + cells, s.stride, s.rows.origin},
        {after + cells, s.stride, nullptr},
        y,
        width);
    for (int r = 0; r < m; r++) memcpy(after + size_t(r) * s.stride + offset, y + size_t(r) * width, width * sizeof(float));
    if (l == 0 && c.form == INPUT_FEEDING) attend(s, s.rows.source, y, width, m, context);
    if (l + 1 >= c.residual_from) add(y, read, size);
    float* spare = x;
    x = y;
    y = spare;
    if (l == 0 && c.form == PARALLEL) {
      attend(s, s.rows.source, x, width, m, context);
      if (c.context_to == FIRST_LAYER) {
        Quantised q = quantise(s, QUANTISED, QUANTISED_SCALE, context, width, nullptr, m, net.context.k);
        linear(q, net.context, m, nullptr, NONE, y, width);
        add(x, y, size);
      }
    }
    if (net.decoder_mixture[l]) mixture_layer(s, *net.decoder_mixture[l], x, width, m);
  }
  if (c.form == INPUT_FEEDING) {
    for (int r = 0; r < m; r++) memcpy(after + size_t(r) * s.stride + fed, context + size_t(r) * width, width * sizeof(float));
  }
  Part parts[2] = {{quantise(s, QUANTISED, QUANTISED_SCALE, x, width, nullptr, m, net.softmax[0].k), &net.softmax[0]}, {}};
  int count = 1;
  if (c.context_to == LAYERS_AND_SOFTMAX) {
    parts[count] = {quantise(s, QUANTISED_2, QUANTISED_SCALE_2, context, width, nullptr, m, net.softmax[1].k), &net.softmax[1]};
    count++;
  }
  best_pieces(s, parts, count, m, top, best, log_probabilities);
  s.current = 1 - s.current;
  for (int r = 0; r < m; r++) s.rows.origin[r] = r;
  close_tiles();
}

// ---- encoder ----------------------------------------------------------------------------------------------------------------

// Sentences lie one after the other; 'order' has them longest first, so that those which have a step t are the first ones.
struct Sentences {
  int count;
  int positions;
  const int* begins;  // [count + 1]
  const int* order;
};

// One direction of a layer over all positions: x [positions, stride] -> y [positions, y_stride] from 'column' on.
void lstm_sequence(
    Session& s,
    const Lstm& layer,
    const Sentences& sentences,
    bool backward,
    const float* x,
    int stride,
    float* y,
    int y_stride,
    int column,
    bool adding) {
  int n = layer.recurrent.n, outputs = padded(layer.outputs), cells = padded(layer.cells);
  Quantised q = quantise(s, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, sentences.positions, layer.input[0].k);
  float* ready = static_cast<float*>(scratch(s, GATES_OF_INPUT, size_t(sentences.positions) * n * sizeof(float)));
  linear(q, layer.input[0], sentences.positions, layer.bias, NONE, ready, n);
  float* h = static_cast<float*>(scratch(s, HIDDEN_STATE, size_t(sentences.count) * outputs * sizeof(float)));
  float* cell = static_cast<float*>(scratch(s, CELL_STATE, size_t(sentences.count) * cells * sizeof(float)));
  int* at = static_cast<int*>(scratch(s, ACTIVE, sentences.count * sizeof(int)));
  memset(h, 0, size_t(sentences.count) * outputs * sizeof(float));
  memset(cell, 0, size_t(sentences.count) * cells * sizeof(float));
  for (int t = 0, active = sentences.count; active > 0; t++) {
    for (; active > 0; active--) {
      int last = sentences.order[active - 1];
      if (sentences.begins[last + 1] - sentences.begins[last] > t) break;
    }
    for (int i = 0; i < active; i++) {
      int sentence = sentences.order[i];
      at[i] = backward ? sentences.begins[sentence + 1] - 1 - t : sentences.begins[sentence] + t;
    }
    if (active == 0) break;
    Quantised recurrent = quantise(s, RECURRENT_Q, RECURRENT_SCALE, h, outputs, nullptr, active, layer.recurrent.k);
    Placed in_place{cell, cells, nullptr};
    lstm_step(s, layer, nullptr, 0, {ready, n, at}, recurrent, active, in_place, in_place, h, outputs);
    for (int i = 0; i < active; i++) {
      float* to = y + size_t(at[i]) * y_stride + column;
      const float* from = h + size_t(i) * outputs;
      if (adding) {
        for (int d = 0; d < layer.outputs; d++) to[d] += from[d];
      } else {
        memcpy(to, from, layer.outputs * sizeof(float));
      }
    }
  }
}

void encode(Session& s, const int* ids, const int* lengths, int count, Source** into) {
  Network& net = *s.network;
  const Configuration& c = net.c;
  int* begins = static_cast<int*>(scratch(s, SENTENCES, size_t(2 * count + 1) * sizeof(int)));
  int* order = begins + count + 1;
  begins[0] = 0;
  for (int i = 0; i < count; i++) {
    begins[i + 1] = begins[i] + lengths[i];
    int at = i;
    for (; at > 0 && lengths[order[at - 1]] < lengths[i]; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  Sentences sentences{count, begins[count], begins, order};
  int m = sentences.positions;
  open_tiles();
  int widest = 2 * padded(c.width) + BLOCK;
  float* x = static_cast<float*>(scratch(s, LAYER, size_t(m) * widest * sizeof(float)));
  float* y = static_cast<float*>(scratch(s, LAYER_2, size_t(m) * widest * sizeof(float)));
  embed(net, ids, m, x);
  for (int l = 0; l < c.encoder_layers; l++) {
    int stride = padded(net.encoder_width[l]), next = padded(net.encoder_width[l + 1]);
    memset(y, 0, size_t(m) * next * sizeof(float));
    lstm_sequence(s, net.encoder[l], sentences, false, x, stride, y, next, 0, false);
    if (l < c.layers_both_ways) {
      bool summed = c.join == SUMMED;
      lstm_sequence(s, net.encoder_back[l], sentences, true, x, stride, y, next, summed ? 0 : net.encoder[l].outputs, summed);
    }
    if (l + 1 >= c.residual_from) add(y, x, size_t(m) * next);
    float* spare = x;
    x = y;
    y = spare;
    if (net.encoder_mixture[l]) mixture_layer(s, *net.encoder_mixture[l], x, next, m);
  }
  int width = padded(c.width);
  int stride = padded(net.encoder_width[c.encoder_layers]);
  if (net.encoder_projected) {
    Quantised q = quantise(s, QUANTISED, QUANTISED_SCALE, x, stride, nullptr, m, net.encoder_projection.k);
    linear(q, net.encoder_projection, m, nullptr, NONE, y, width);
    x = y;
  }
  Quantised q = quantise(s, QUANTISED, QUANTISED_SCALE, x, width, nullptr, m, net.keys.k);
  int size = padded(c.attention);
  float* keys = static_cast<float*>(scratch(s, KEYS, size_t(m) * size * sizeof(float)));
  linear(q, net.keys, m, nullptr, c.score == 0 ? TANH : NONE, keys, size);
  for (int i = 0; i < count; i++) {
    into[i] = new_source(net, lengths[i]);
    for (int t = 0; t < lengths[i]; t++) {
      for (int d = 0; d < width; d += LANES) {
        to_bfloat16(into[i]->memory + size_t(t) * width + d, load(x + size_t(begins[i] + t) * width + d));
      }
      for (int a = 0; a < size; a += LANES) {
        to_bfloat16(into[i]->keys + size_t(t) * size + a, load(keys + size_t(begins[i] + t) * size + a));
      }
    }
  }
  close_tiles();
}

void product(Session& s, const float* x, int m, const Matrix& w, float* y) {
  open_tiles();
  linear(quantise(s, QUANTISED, QUANTISED_SCALE, x, w.k, nullptr, m, w.k), w, m, nullptr, NONE, y, w.n);
  close_tiles();
}

// ---- ceilings ---------------------------------------------------------------------------------------------------------------

double multiply() {
  constexpr int TIMES = 4096;
#if defined(__AMX_INT8__)
  open_tiles();
  for (int i = 0; i < TIMES; i++) {
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
  }
  close_tiles();
  return double(TIMES) * 4 * 16 * 16 * 64;
#elif defined(__AVX512VNNI__)
  __m512i sums[16];
  for (int i = 0; i < 16; i++) sums[i] = _mm512_setzero_si512();
  __m512i a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(-5);
  for (int t = 0; t < TIMES; t++) {
    for (int i = 0; i < 16; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], a, b);
    __asm__ volatile("" : "+v"(a), "+v"(b));
  }
  for (int i = 0; i < 16; i++) __asm__ volatile("" : : "v"(sums[i]));
  return double(TIMES) * 16 * 64;
#else
  alignas(64) static int8_t panel[BLOCK * BLOCK];
  alignas(64) static int32_t shift[BLOCK];
  uint8_t values[TILE_ROWS * BLOCK] = {};
  float scale[1] = {};
  Quantised x{values, scale, BLOCK, false};
  alignas(64) int32_t c[BLOCK];
  for (int t = 0; t < TIMES / 64; t++) {
    few_rows(x, 0, 1, panel, shift, c);
    __asm__ volatile("" : : "r"(c) : "memory");
  }
  return double(TIMES / 64) * BLOCK * BLOCK;
#endif
}

int read(const char* from, size_t bytes) {
  vi total = vi{};
  for (size_t i = 0; i + 256 <= bytes; i += 256) {
    const vi* v = reinterpret_cast<const vi*>(from + i);
    __builtin_prefetch(from + i + 4096);
    __builtin_prefetch(from + i + 4160);
    __builtin_prefetch(from + i + 4224);
    __builtin_prefetch(from + i + 4288);
    total ^= v[0] ^ v[1] ^ v[2] ^ v[3];
  }
  int result = 0;
  for (int i = 0; i < LANES; i++) result ^= total[i];
  return result;
}

}  // namespace

#define QUOTED(x) #x
#define NAME_OF(x) QUOTED(x)
extern const Variant VARIANT;
const Variant VARIANT = {NAME_OF(VARIANT), encode, step, product, multiply, read};

}  // namespace dragoman
