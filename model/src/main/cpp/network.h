// The translation network in 8 bits on the processor: what is stored, and what the compiled variants of the arithmetic share.
//
// Names as in the Java side: D width, C cells, R an LSTM layer's outputs, A attention size, E experts, k experts per row, H hidden
// units, V vocabulary. Rows of floats are padded to a multiple of BLOCK with zeros, which all layers leave zero.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dragoman {

constexpr int BLOCK = 64;

constexpr int padded(int n) { return (n + BLOCK - 1) / BLOCK * BLOCK; }
// From one row of floats to the next: at distances of powers of two rows would meet in few places of the caches.
constexpr int spaced(int n) { return padded(n) + 16; }

// ---- weights -------------------------------------------------------------------------------------------------------

// A matrix [outputs, inputs] of int8 with one scale per output (Wu et al. 2016, section 6), laid out for products with few and with many
// rows alike: [outputs / 64][inputs / 4][64][4], both padded. One layout serves every instruction set: 64 bytes are 16 outputs times 4
// inputs, the operand of a VNNI instruction, and 16 such lines are an AMX tile.
//
// In 4 bits a weight is one of -7 to 7 times its group's multiplier, and with that a whole number of 8 bits again: products are those of 8
// bits, to the last bit, and half the bytes come from memory.
constexpr int GROUP = 32;
constexpr int MOST_OF_FOUR_BITS = 7;

struct Matrix {
  int8_t* packed = nullptr;  // null where weights have 4 bits
  // [outputs / 64][inputs / 8][64][4], 7 above their value: of each eight inputs the first four are the lower halves of bytes.
  uint8_t* fours = nullptr;
  // [outputs / 64][inputs / 32][16][4], from 1 to 18, 0 where all weights are 0: of output 16 n + i at [i][n].
  uint8_t* multipliers = nullptr;
  float* scale = nullptr;  // [n]
  // 128 times the sum of each output's weights: activations are unsigned, 128 above their value.
  int32_t* shift = nullptr;  // [n]
  int outputs = 0, inputs = 0;
  int n = 0, k = 0;  // padded
};

// Up to three inputs of one product, each with a matrix and with scales of its own.
constexpr int MOST_PARTS = 3;

struct Lstm {
  int cells = 0, outputs = 0;
  int parts = 0;              // without the recurrent one
  Matrix input[MOST_PARTS];   // gates interleaved: [cells / 16][i f g o][16]
  Matrix recurrent;
  float* bias = nullptr;
  bool projected = false;
  Matrix projection;
};

struct Expert {
  Matrix hidden, output;
};

enum Gate { NOISY = 0, NOISY_GROUPS = 1, SOFTMAX = 2, BALANCED = 3, BALANCED_GROUPS = 4 };

struct Mixture {
  int width = 0;
  // [n / 16][width][16], padded with zeros; of groups that of the first level, then one for each group.
  float* gate = nullptr;
  float* inner = nullptr;
  float* threshold = nullptr;        // [E or groups]
  float* inner_threshold = nullptr;  // [E]
  Expert* experts = nullptr;
  // Of each expert what it has computed since the network was made: rows and gates.
  int64_t* rows = nullptr;
  double* gates = nullptr;
  void* owner = nullptr;  // of where experts come from
};

struct Configuration {
  int vocabulary, width, cells, encoder_layers, decoder_layers, layers_both_ways, join, residual_from;
  int form, score, attention, heads, context_to;
  int experts, per_row, hidden, gate_kind, groups, sigmoid, shared_softmax;
};

enum Form { RECURRENT = 0, PARALLEL = 1, INPUT_FEEDING = 2 };
enum Join { HALVES = 0, CONCATENATED = 1, SUMMED = 2 };
enum ContextTo { FIRST_LAYER = 0, LAYERS = 1, LAYERS_AND_SOFTMAX = 2 };

constexpr int MOST_LAYERS = 40;

struct Network {
  Configuration c;
  int expert_bits = 8;          // 8 or 4
  Matrix softmax[2];            // of the top layer's output, of the context
  float* softmax_bias = nullptr;
  int8_t* embedding = nullptr;  // [V, D], where it is not that of the softmax
  float* embedding_scale = nullptr;
  Lstm encoder[MOST_LAYERS], encoder_back[MOST_LAYERS], decoder[MOST_LAYERS];
  Mixture* encoder_mixture[MOST_LAYERS] = {};
  Mixture* decoder_mixture[MOST_LAYERS] = {};
  int encoder_width[MOST_LAYERS + 1];  // of what layer l gives; 0 is the embedding
  bool encoder_projected = false;
  Matrix encoder_projection;
  Matrix keys, query, context;
  float* score = nullptr;  // [A]
  void* owner = nullptr;   // of the memory, and of experts that are still to be packed
};

// An expert, packed when it is first chosen; safe for many threads.
const Expert& expert(Network&, Mixture&, int);
// Adds to what the experts have computed; safe for many threads.
void count(Mixture&, const int* experts, const float* gates, int n);

// ---- work ----------------------------------------------------------------------------------------------------------

// Memory that grows to what the largest batch needs and is used again by the next.
enum Buffer {
  EMBEDDED, QUANTISED, QUANTISED_SCALE, QUANTISED_2, QUANTISED_SCALE_2, QUANTISED_3, QUANTISED_SCALE_3, RECURRENT_Q, RECURRENT_SCALE,
  GATES_OF_INPUT, LSTM_OUTPUT, CELLS_OUT, LAYER, LAYER_2, CONTEXT, ATTENTION_QUERY, ATTENTION_SCORES,
  ROUTING, ASSIGNED, EXPERT_ROWS, EXPERT_SCALE, EXPERT_HIDDEN, EXPERT_OUT, ACTIVE, TOP, CHUNKS, CELL_STATE,
  HIDDEN_STATE, SENTENCES, ORDER, SUMS, UNPACKED, ONE_ROW_SCORES, ONE_ROW_LOGITS,
  LOGITS, ROWS, BUFFERS
};

// Threads that work on one step at most.
constexpr int MOST_LANES = 64;

struct Session;
// Each lane has buffers of its own.
void* scratch(Session&, Buffer, size_t bytes, int lane = 0);

// Calls work(context, lane, begin, end) for parts of [0, count), each of 'grain' but for the last, on this thread as lane 0 and on those
// helpers of the process that are free, at most lanes - 1; returns when all is done. Which lane gets what is left to chance.
typedef void (*Work)(void* context, int lane, int begin, int end);
// Whoever computes a step or encodes holds one of these. Where several do, each has a processor of its own to itself, and works alone.
class AtWork {
 public:
  AtWork();
  ~AtWork();
  bool alone() const { return first; }

 private:
  bool first;
};
void share(int lanes, int count, int grain, Work work, void* context);

// An encoded sentence; memory and keys in bfloat16, rows padded.
struct Source {
  int length;
  int references;
  uint16_t* memory;  // [length, D]
  uint16_t* keys;    // [length, A]
  // The pieces that its translation may have, in ascending order, and where each is in the session's selection; null for all pieces.
  int* pieces;
  int* slots;
  int listed;
  // Where those of the selection's sample are which the list does not have.
  int* unlisted_slots;
  int unlisted;
};
Source* new_source(const Network&, int length);

// The softmax's weights of those pieces that some sentence's list has, side by side in slots, which are taken and given back one by one.
struct Selection {
  Matrix softmax[2];
  float* bias;
  uint64_t* used;  // [blocks], a bit for each slot
  int blocks;      // that have ever been used
  int* slot_of;    // of each piece
  int* sentences;  // of each piece: how many lists have it
  // Some pieces that are always here, at even distances over the vocabulary: from those which a list does not have, the probability of all
  // that it does not have is estimated.
  int* sample;
  int samples;
  void* owner;
};

// Pieces whose log probability is asked for whatever it is: those of row r at [begins[r], begins[r + 1]).
struct Scored {
  const int* begins;
  const int* pieces;
  float* log_probabilities;
};

struct Rows {
  int count = 0, capacity = 0;
  // Of each row the place of its state in the last step's, by which reordering costs nothing.
  int* origin = nullptr;
  Source** source = nullptr;
};

struct Session {
  Network* network;
  Rows rows;
  // [rows, stride]: per layer output and cells, then the context that is fed; of the last step and of the next.
  float* state[2] = {nullptr, nullptr};
  int states[2] = {0, 0};  // rows that there is room for
  int current = 0;
  int written = 0;  // rows in the current one
  int stride;
  // Threads that may work on a step, this one included.
  int lanes = 1;
  void* buffers[MOST_LANES][BUFFERS] = {};
  size_t sizes[MOST_LANES][BUFFERS] = {};
  Selection* selection = nullptr;
  // Weights of the last step's attention, [rows, attention_stride].
  const float* attention = nullptr;
  int attention_stride = 0;
};

// What is compiled once for every instruction set.
struct Variant {
  const char* name;
  // Encodes sentences whose ids follow one another.
  void (*encode)(Session&, const int* ids, const int* lengths, int sentences, Source** into);
  // One step for all rows: the best 'top' pieces of each, best first, ties to the lower id; where a list has fewer, -infinity for the rest.
  void (*step)(Session&, const int* ids, int top, int* best, float* log_probabilities, const Scored*);
  // For tests and measurements: [m, k] floats times a matrix.
  void (*product)(Session&, const float* x, int m, const Matrix&, float* y);
  // As many multiply-adds as take some microseconds, of numbers in registers; returns how many.
  double (*multiply)();
  // Reads all of it; the result keeps a compiler from leaving that out.
  int (*read)(const char* from, size_t bytes);
};

// Of a decoder layer's output within a state, all before it; its cells follow. That of the layer after the last is where the fed context is.
int state_offset(const Network&, int layer);

}  // namespace dragoman
