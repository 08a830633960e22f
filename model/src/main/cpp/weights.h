// How weights come in, and what sessions can do: the face of the library towards its callers.
#pragma once

#include <string>
#include <vector>

#include "network.h"

namespace dragoman {

enum Type { F32 = 0, BF16 = 1, I8 = 2 };

inline size_t bytes_of(Type type) { return type == F32 ? 4 : type == BF16 ? 2 : 1; }

// A tensor as it lies in a file. Of a stack of experts it may be some of them; these are read when they are first chosen, so the memory has
// to stay.
struct Tensor {
  Type type;
  const void* values;
  const float* scales;  // of 8 bits, one for each row of what is stored
  std::vector<int> shape;
  bool transposed;      // [in, out], as stacks were in the first format
};

// expert_bits: 8 or 4, which experts have once they are packed.
Network* new_network(const Configuration&, const int* encoder_mixtures, const int* decoder_mixtures, int expert_bits = 8);
// False for a name that serving does not need. Throws std::invalid_argument for a shape that is not the configuration's.
bool set_tensor(Network&, const std::string& name, const Tensor&);
// The name of a tensor that is still to come, or nothing.
std::string missing_tensor(const Network&);
void free_network(Network*);

// lanes: threads that may work on a step, the caller's included.
Session* new_session(Network*, int lanes);
void free_session(Session*);
// listed: how many pieces each sentence may be translated with, -1 for all; pieces: these lists, one after the other, in ascending order. Null
// for none.
void admit(
    Session&, const Variant&, const int* ids, const int* lengths, int count, const int* listed = nullptr, const int* pieces = nullptr);
void reorder(Session&, const int* origins, int count);
void step(
    Session&, const Variant&, const int* ids, int top, int* best, float* log_probabilities, const Scored* scored = nullptr);

// x [rows, padded inputs] times one matrix, in 8 or 4 bits -> y [rows, padded outputs], for tests.
void single_product(
    Session&, const Variant&, const Tensor&, int bits, int outputs, int inputs, const float* x, int rows, float* y);

// By CPU time of the calling thread: products of 8 bits per second, a multiply-add counted as two, and bytes read per second.
double peak_operations(const Variant&);
double read_rate(const Variant&, size_t bytes);

// The fastest that this processor runs, or the one of that name; null if it does not run it.
const Variant* variant(const char* name);

}  // namespace dragoman
