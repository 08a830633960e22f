// Products of 8 bits: m rows times 64 outputs -> c [m, 64].
#pragma once

#include "activations.h"
#include "fours.h"

namespace dragoman {
namespace {

// So many that half a block of weights, read into the nearest cache for the first of them, is used often before it has to go; few enough that
// their results stay near.
constexpr int MOST_ROWS = 128;

// How far ahead of themselves products of few rows fetch weights.
constexpr int FETCHED = 4096;

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
        _mm_prefetch(reinterpret_cast<const char*>(w) + FETCHED + ahead, _MM_HINT_T0);
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

// Eight rows have more sums than there are registers, which does not matter while weights come from memory; to go over them twice would.
constexpr int STEP = 8;

INLINE void few_rows(const Quantised& x, int first, int m, const int8_t* w, const int32_t* shift, int32_t* c) {
  switch (m) {
    case 1: return rows_times_block<1>(x, first, w, shift, c);
    case 2: return rows_times_block<2>(x, first, w, shift, c);
    case 3: return rows_times_block<3>(x, first, w, shift, c);
    case 4: return rows_times_block<4>(x, first, w, shift, c);
    case 5: return rows_times_block<5>(x, first, w, shift, c);
    case 6: return rows_times_block<6>(x, first, w, shift, c);
    case 7: return rows_times_block<7>(x, first, w, shift, c);
    default: return rows_times_block<8>(x, first, w, shift, c);
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

// Four lines of weights of 64 outputs make a tile's row; results of rows that are not there are computed and left alone.
constexpr int LINE = 4 * BLOCK;

// Fetches a quarter of the tiles that come after the next ones: all at once would hold up the loads between them.
INLINE void fetch_quarter(const int8_t* w, int quarter) {
  constexpr int AHEAD = 2 * BLOCK * BLOCK, QUARTER = BLOCK * BLOCK / 4;
  for (int line = 0; line < QUARTER; line += 64) {
    _mm_prefetch(reinterpret_cast<const char*>(w) + AHEAD + quarter * QUARTER + line, _MM_HINT_T0);
  }
}

template <class Meanwhile>
INLINE void tiles_of_16(const uint8_t* a, int k, const int8_t* w, int32_t* c, Meanwhile& meanwhile) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int tile = 0; tile < k; tile += BLOCK, a += NEXT, w += size_t(BLOCK) * BLOCK) {
    fetch_quarter(w, 0);
    _tile_loadd(4, a, BLOCK);
    _tile_loadd(5, w, LINE);
    _tile_dpbssd(0, 4, 5);
    fetch_quarter(w, 1);
    _tile_loadd(6, w + 64, LINE);
    _tile_dpbssd(1, 4, 6);
    fetch_quarter(w, 2);
    _tile_loadd(7, w + 128, LINE);
    _tile_dpbssd(2, 4, 7);
    fetch_quarter(w, 3);
    _tile_loadd(5, w + 192, LINE);
    _tile_dpbssd(3, 4, 5);
    meanwhile.step();
  }
  _tile_stored(0, c, LINE);
  _tile_stored(1, c + 16, LINE);
  _tile_stored(2, c + 32, LINE);
  _tile_stored(3, c + 48, LINE);
}

INLINE const int8_t* fetch_lines(const int8_t* from, int lines) {
  for (int line = 0; line < lines; line++, from += 64) _mm_prefetch(reinterpret_cast<const char*>(from), _MM_HINT_T1);
  return from;
}

// 32 rows times 32 outputs. Meanwhile so many lines a tile of weights that come next, from 'ahead' on, are fetched: arithmetic and memory
// are each about as slow as the other.
template <class Meanwhile>
INLINE void tiles_of_32(
    const uint8_t* a, int k, const int8_t* w, int32_t* c, const int8_t* ahead, int lines, Meanwhile& meanwhile) {
  const uint8_t* b = a + size_t(TILE_ROWS) * k;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int tile = 0; tile < k; tile += BLOCK, a += NEXT, b += NEXT, w += size_t(BLOCK) * BLOCK) {
    _tile_loadd(4, a, BLOCK);
    _tile_loadd(6, w, LINE);
    ahead = fetch_lines(ahead, lines / 2);
    _tile_dpbssd(0, 4, 6);
    _tile_loadd(7, w + 64, LINE);
    _tile_dpbssd(1, 4, 7);
    _tile_loadd(5, b, BLOCK);
    ahead = fetch_lines(ahead, lines - lines / 2);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
    meanwhile.step();
  }
  _tile_stored(0, c, LINE);
  _tile_stored(1, c + 16, LINE);
  _tile_stored(2, c + TILE_ROWS * BLOCK, LINE);
  _tile_stored(3, c + TILE_ROWS * BLOCK + 16, LINE);
}

#endif

// Steps of tiles that a block of so many rows takes.
INLINE int tile_steps(int m, int k) {
  return m <= TILE_ROWS ? k / BLOCK : 2 * ((m + 2 * TILE_ROWS - 1) / (2 * TILE_ROWS)) * (k / BLOCK);
}

// m rows, at most MOST_ROWS. 'ahead' says whether the next block comes next.
template <class Meanwhile>
INLINE void block_product(
    const Quantised& x,
    int first,
    int m,
    const int8_t* panel,
    const int32_t* shift,
    int32_t* c,
    bool ahead,
    Meanwhile& meanwhile) {
  (void)ahead;
  (void)meanwhile;
#if defined(__AMX_INT8__)
  if (x.tiles) {
    if (m <= TILE_ROWS) {
      tiles_of_16(x.at(first), x.k, panel, c, meanwhile);
      return;
    }
    // The next block, in equal parts.
    int calls = 2 * ((m + 2 * TILE_ROWS - 1) / (2 * TILE_ROWS));
    int lines = ahead ? (BLOCK + calls - 1) / calls : 0;
    const int8_t* next = panel + size_t(BLOCK) * x.k;
    for (int half = 0; half < 2; half++) {
      for (int r = 0; r < m; r += 2 * TILE_ROWS) {
        tiles_of_32(x.at(first + r), x.k, panel + half * 128, c + r * BLOCK + half * 32, next, lines, meanwhile);
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

// The same of weights in 4 bits too, which are unpacked where they stay in a near cache.
INLINE const int8_t* panel_of(const Lane& lane, const Matrix& w, int block) {
  if (!w.fours) return panel_of(w, block);
  int8_t* panel = static_cast<int8_t*>(lane.memory(UNPACKED, size_t(BLOCK) * w.k));
  unpack_block(w, block, panel);
  return panel;
}

// 16 outputs of one row, of parts [from, to) together.
INLINE vf scaled(const Part* parts, int from, int to, const Sums& sums, int row, int local, int block, int at) {
  vf y = vf{};
  for (int p = from; p < to; p++) {
    const Matrix& w = *parts[p].w;
    int n = block * BLOCK + at;
    vi whole = *reinterpret_cast<const vi*>(&sums.of[p][local][at]);
    y += __builtin_convertvector(whole, vf) * (load(w.scale + n) * parts[p].x.scale[row]);
  }
  return y;
}

// The rows of a block whose sums are there, used one after the other while the next block's products run: tiles compute by themselves, and
// the rest of the core would have nothing to do meanwhile.
template <class Use>
class Behind {
 public:
  explicit Behind(Use& use) : use(use) {}

  // The block that is behind is spread over so many steps.
  void over(int count) {
    steps = count;
    credit = 0;
  }

  INLINED void step() {
    credit += rows;
    if (credit >= steps) advance();
  }

  void finish() {
    while (next < rows) use_next();
  }

  // Meanwhile the next weights are fetched from where the products' own fetching has left off, as many as come in that time.
  void finish(const int8_t* ahead) {
    constexpr int AT_ONCE = 1024;
    for (; next < rows; ahead += AT_ONCE) {
      for (int line = 0; line < AT_ONCE; line += 64) __builtin_prefetch(ahead + line, 0, 2);
      use_next();
    }
  }

  void begin(int first_row, int row_count, int of_block, const Sums& of_sums) {
    first = first_row;
    rows = row_count;
    block = of_block;
    sums = &of_sums;
    next = 0;
  }

 private:
  __attribute__((noinline)) void advance() {
    for (; credit >= steps; credit -= steps) {
      if (next < rows) use_next();
    }
  }

  INLINED void use_next() {
    use(first + next, next, block, *sums);
    next++;
  }

  Use& use;
  int first = 0, rows = 0, block = 0, next = 0, steps = 1, credit = 0;
  const Sums* sums = nullptr;
};

// Runs the products of all rows for blocks [from, to) of outputs, block by block, so that weights are read once and results are used while
// they are near. 'use' gets the row, its place among the sums, the block and the sums.
template <class Use>
INLINE void products(const Lane& lane, const Part* parts, int count, int m, int from, int to, Use use) {
  Sums* sums = static_cast<Sums*>(scratch(lane.session, SUMS, 2 * sizeof(Sums), lane.index));
  Behind<Use> behind(use);
  int turn = 0;
  for (int block = from; block < to; block++) {
    for (int first = 0; first < m; first += MOST_ROWS) {
      int rows = m - first < MOST_ROWS ? m - first : MOST_ROWS;
      int steps = 0;
      for (int p = 0; p < count; p++) steps += tile_steps(rows, parts[p].x.k);
      behind.over(steps);
      for (int p = 0; p < count; p++) {
        const Part& part = parts[p];
        const int32_t* shift = part.w->shift + block * BLOCK;
        int32_t* c = &sums[turn].of[p][0][0];
        if (part.w->fours && product_of_fours(part.x, first, rows, *part.w, block, shift, c, behind)) continue;
        block_product(
            part.x,
            first,
            rows,
            panel_of(lane, *part.w, block),
            shift,
            c,
            part.w->packed && first == 0 && block + 1 < to,
            behind);
      }
      behind.finish();
      behind.begin(first, rows, block, sums[turn]);
      if (parts[0].x.tiles) {
        turn = 1 - turn;
      } else if (rows <= STEP && block + 1 < to) {
        behind.finish(panel_of(*parts[0].w, block + 1) + FETCHED);
      } else {
        behind.finish();
      }
    }
  }
  behind.finish();
}

// So many blocks at a time, at least, that handing them out does not count.
INLINE int blocks_at_a_time(const Lane& lane, const Part* parts, int count, int blocks) {
  constexpr int LEAST_BYTES = 100000;
  int bytes = 0;
  for (int p = 0; p < count; p++) bytes += BLOCK * parts[p].w->k;
  return at_a_time(lane, blocks, (LEAST_BYTES + bytes - 1) / bytes);
}

enum Activation { NONE, RELU, TANH };

// y [m, stride] = sum of parts + bias; with room for a whole last block in every row.
void linear(
    const Lane& lane, const Part* parts, int count, int m, const float* bias, Activation activation, float* y, int stride) {
  int blocks = parts[0].w->n / BLOCK;
  parallel(lane, blocks, blocks_at_a_time(lane, parts, count, blocks), [&](const Lane& one, int from, int to) {
    products(one, parts, count, m, from, to, [&](int row, int local, int block, const Sums& sums) {
      float* out = y + size_t(row) * stride + block * BLOCK;
      for (int at = 0; at < BLOCK; at += LANES) {
        vf v = scaled(parts, 0, count, sums, row, local, block, at);
        if (bias) v += load(bias + block * BLOCK + at);
        if (activation == RELU) v = greater(v, vf{});
        if (activation == TANH) v = hyperbolic_tangent(v);
        store(out + at, v);
      }
    });
  });
}

void linear(
    const Lane& lane, const Quantised& x, const Matrix& w, int m, const float* bias, Activation activation, float* y, int stride) {
  Part part{x, &w};
  linear(lane, &part, 1, m, bias, activation, y, stride);
}

}  // namespace
}  // namespace dragoman
