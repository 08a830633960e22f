// The library as dev.dragoman.model.cpu.CpuKernels sees it. Arguments are checked in Java.

#include <jni.h>

#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

#include "weights.h"

using namespace dragoman;

namespace {

struct Opened {
  Network* network;
  const Variant* variant;
};

struct Decoding {
  Session* session;
  const Variant* variant;
  std::vector<int> ids, best;
  std::vector<float> log_probabilities;
  jlong calls = 0;
};

Opened& opened(jlong handle) { return *reinterpret_cast<Opened*>(handle); }

// Every method that works for a decoding gets it here, once, and so is counted.
Decoding& called(jlong handle) {
  Decoding& d = *reinterpret_cast<Decoding*>(handle);
  d.calls++;
  return d;
}

std::vector<int> ints(JNIEnv* env, jintArray array) {
  std::vector<int> values(env->GetArrayLength(array));
  env->GetIntArrayRegion(array, 0, jsize(values.size()), reinterpret_cast<jint*>(values.data()));
  return values;
}

std::string text(JNIEnv* env, jstring string) {
  const char* chars = env->GetStringUTFChars(string, nullptr);
  std::string result = chars;
  env->ReleaseStringUTFChars(string, chars);
  return result;
}

template <class Result, class Action>
Result guarded(JNIEnv* env, Result otherwise, Action action) {
  try {
    return action();
  } catch (const std::bad_alloc&) {
    env->ThrowNew(env->FindClass("java/lang/OutOfMemoryError"), "native memory of the network's kernels");
    return otherwise;
  } catch (const std::invalid_argument& e) {
    env->ThrowNew(env->FindClass("java/lang/IllegalArgumentException"), e.what());
    return otherwise;
  }
}

}  // namespace

#define METHOD(result, name) extern "C" JNIEXPORT result JNICALL Java_dev_dragoman_model_cpu_CpuKernels_##name

METHOD(jstring, variantOf)(JNIEnv* env, jclass, jstring name) {
  const Variant* found = variant(text(env, name).c_str());
  return found ? env->NewStringUTF(found->name) : nullptr;
}

METHOD(jlong, newNetwork)(
    JNIEnv* env, jclass, jstring name, jintArray configuration, jintArray encoder_mixtures, jintArray decoder_mixtures, jint expert_bits) {
  return guarded<jlong>(env, 0, [&] {
    Configuration c;
    std::vector<int> values = ints(env, configuration);
    static_assert(sizeof(Configuration) == 20 * sizeof(int), "as CpuNetwork lists them");
    std::memcpy(&c, values.data(), sizeof(c));
    std::vector<int> encoder = ints(env, encoder_mixtures), decoder = ints(env, decoder_mixtures);
    return reinterpret_cast<jlong>(
        new Opened{new_network(c, encoder.data(), decoder.data(), expert_bits), variant(text(env, name).c_str())});
  });
}

METHOD(jboolean, setTensor)(
    JNIEnv* env, jclass, jlong handle, jstring name, jint type, jintArray shape, jobject values, jobject scales, jboolean transposed) {
  return guarded<jboolean>(env, false, [&]() -> jboolean {
    Tensor tensor{
        static_cast<Type>(type),
        env->GetDirectBufferAddress(values),
        scales ? static_cast<const float*>(env->GetDirectBufferAddress(scales)) : nullptr,
        ints(env, shape),
        transposed != 0};
    return set_tensor(*opened(handle).network, text(env, name), tensor);
  });
}

METHOD(jstring, missingTensor)(JNIEnv* env, jclass, jlong handle) {
  std::string name = missing_tensor(*opened(handle).network);
  return name.empty() ? nullptr : env->NewStringUTF(name.c_str());
}

METHOD(void, freeNetwork)(JNIEnv*, jclass, jlong handle) {
  free_network(opened(handle).network);
  delete &opened(handle);
}

METHOD(void, expertUse)(JNIEnv* env, jclass, jlong handle, jboolean of_encoder, jint layer, jlongArray rows, jdoubleArray gates) {
  Network& net = *opened(handle).network;
  Mixture* mixture = of_encoder ? net.encoder_mixture[layer] : net.decoder_mixture[layer];
  env->SetLongArrayRegion(rows, 0, net.c.experts, reinterpret_cast<const jlong*>(mixture->rows));
  env->SetDoubleArrayRegion(gates, 0, net.c.experts, mixture->gates);
}

METHOD(jlong, newDecoding)(JNIEnv* env, jclass, jlong handle, jint threads) {
  return guarded<jlong>(env, 0, [&] {
    return reinterpret_cast<jlong>(new Decoding{new_session(opened(handle).network, threads), opened(handle).variant, {}, {}, {}});
  });
}

METHOD(void, freeDecoding)(JNIEnv*, jclass, jlong handle) {
  Decoding* d = &called(handle);
  free_session(d->session);
  delete d;
}

METHOD(void, admit)(JNIEnv* env, jclass, jlong handle, jintArray ids, jintArray lengths, jintArray listed, jintArray pieces) {
  guarded<int>(env, 0, [&] {
    Decoding& d = called(handle);
    std::vector<int> values = ints(env, ids), sizes = ints(env, lengths), lists, all;
    if (listed) {
      lists = ints(env, listed);
      all = ints(env, pieces);
    }
    admit(
        *d.session,
        *d.variant,
        values.data(),
        sizes.data(),
        int(sizes.size()),
        listed ? lists.data() : nullptr,
        all.data());
    return 0;
  });
}

METHOD(void, reorder)(JNIEnv* env, jclass, jlong handle, jintArray origins) {
  guarded<int>(env, 0, [&] {
    std::vector<int> values = ints(env, origins);
    reorder(*called(handle).session, values.data(), int(values.size()));
    return 0;
  });
}

METHOD(void, step)(
    JNIEnv* env,
    jclass,
    jlong handle,
    jint rows,
    jintArray ids,
    jint top,
    jintArray best,
    jfloatArray scores,
    jintArray begins,
    jintArray pieces,
    jfloatArray asked) {
  guarded<int>(env, 0, [&] {
    Decoding& d = called(handle);
    if (int(d.ids.size()) < rows) d.ids.resize(rows);
    if (d.best.size() < size_t(rows) * top) {
      d.best.resize(size_t(rows) * top);
      d.log_probabilities.resize(size_t(rows) * top);
    }
    env->GetIntArrayRegion(ids, 0, rows, reinterpret_cast<jint*>(d.ids.data()));
    if (begins) {
      std::vector<int> offsets = ints(env, begins), wanted = ints(env, pieces);
      std::vector<float> found(wanted.size());
      Scored scored{offsets.data(), wanted.data(), found.data()};
      step(*d.session, *d.variant, d.ids.data(), top, d.best.data(), d.log_probabilities.data(), &scored);
      env->SetFloatArrayRegion(asked, 0, jsize(found.size()), found.data());
    } else {
      step(*d.session, *d.variant, d.ids.data(), top, d.best.data(), d.log_probabilities.data());
    }
    env->SetIntArrayRegion(best, 0, rows * top, reinterpret_cast<const jint*>(d.best.data()));
    env->SetFloatArrayRegion(scores, 0, rows * top, d.log_probabilities.data());
    return 0;
  });
}

METHOD(void, attentionOf)(JNIEnv* env, jclass, jlong handle, jint row, jfloatArray weights) {
  const Session& s = *called(handle).session;
  env->SetFloatArrayRegion(weights, 0, env->GetArrayLength(weights), s.attention + size_t(row) * s.attention_stride);
}

METHOD(jlong, calls)(JNIEnv*, jclass, jlong handle) { return reinterpret_cast<Decoding*>(handle)->calls; }

METHOD(void, product)(JNIEnv* env, jclass, jlong handle, jint bits, jint rows, jint inputs, jint outputs, jobject weights, jobject scales, jfloatArray x, jfloatArray y) {
  guarded<int>(env, 0, [&] {
    Decoding& d = called(handle);
    Tensor tensor{I8, env->GetDirectBufferAddress(weights), static_cast<const float*>(env->GetDirectBufferAddress(scales)), {outputs, inputs}, false};
    std::vector<float> in(size_t(rows) * padded(inputs)), given(size_t(rows) * inputs), out(size_t(rows) * padded(outputs));
    env->GetFloatArrayRegion(x, 0, rows * inputs, given.data());
    for (int r = 0; r < rows; r++) std::memcpy(&in[size_t(r) * padded(inputs)], &given[size_t(r) * inputs], inputs * sizeof(float));
    single_product(*d.session, *d.variant, tensor, bits, outputs, inputs, in.data(), rows, out.data());
    for (int r = 0; r < rows; r++) env->SetFloatArrayRegion(y, r * outputs, outputs, &out[size_t(r) * padded(outputs)]);
    return 0;
  });
}

METHOD(jdouble, peakOperations)(JNIEnv* env, jclass, jstring name) {
  return guarded<jdouble>(env, 0, [&] { return peak_operations(*variant(text(env, name).c_str())); });
}

METHOD(jdouble, readRate)(JNIEnv* env, jclass, jstring name, jlong bytes) {
  return guarded<jdouble>(env, 0, [&] { return read_rate(*variant(text(env, name).c_str()), size_t(bytes)); });
}
