package dev.dragoman.benchmark;

import dev.dragoman.benchmark.PeerPythons.Stack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The systems in Python that translations are compared with: those that are there, and of the others why not. */
final class CorpusPeers {
    @Mixin
    PeerPythons pythons = new PeerPythons();

    @Option(
            names = "--forms",
            split = ",",
            paramLabel = "F",
            defaultValue = "eager,compiled,scripted,scripted-int8,scripted-int8-onednn",
            description = "How PyTorch computes, also eager-int8 (default: ${DEFAULT-VALUE}).")
    List<String> forms = List.of();

    /** What {@code ctranslate2_decoding.py} is told: so many translators side by side, of so many threads each. */
    record CTranslate2Job(int vocabulary, int[][] sentences, int beam, int inter, int intra, int map) {}

    /** What {@code pytorch_decoding.py} is told; beam 0 for steps alone. */
    record PyTorchJob(String form, int vocabulary, int experts, int[][] sentences, int beam, int threads) {}

    /**
     * A peer that is not measured.
     *
     * @param why without a full stop
     */
    record Absent(String name, String why) {
        /** For the first column of a table. */
        @Override
        public String toString() {
            return name + ", left out: " + why;
        }
    }

    private final List<PythonPeer> started = new ArrayList<>();
    private final List<Absent> absent = new ArrayList<>();

    /** CTranslate2 in every way to use so many threads, with and without a vocabulary map. */
    List<Contender> cTranslate2(
            BenchmarkOptions options, CorpusSentences sentences, int vocabulary, int beam, int map) {
        Optional<String> python = find(Stack.CTRANSLATE2);
        List<Contender> contenders = new ArrayList<>();
        for (int pieces : python.isPresent() ? new int[] {0, map} : new int[0]) {
            for (int inter : options.threads == 1 ? new int[] {1} : new int[] {1, options.threads}) {
                int intra = options.threads / inter;
                String variant = (pieces > 0 ? ", vocabulary map of " + pieces : "")
                        + (options.threads == 1 ? "" : ", inter_threads " + inter + ", intra_threads " + intra);
                start(
                                Stack.CTRANSLATE2.title + variant,
                                () -> pythons.start(
                                        python.get(),
                                        "ctranslate2_decoding.py",
                                        new CTranslate2Job(vocabulary, sentences.sources(), beam, inter, intra, pieces),
                                        options.output.resolve("peer-job.json"),
                                        intra))
                        .ifPresent(peer -> contenders.add(Contender.of(
                                peer.description() + variant,
                                sentences,
                                peer,
                                CorpusWork.transformerBase(sentences, beam, pieces > 0 ? pieces : vocabulary),
                                options.rounds)));
            }
        }
        return contenders;
    }

    /** PyTorch with the same network, in each form. */
    List<Contender> pyTorch(
            BenchmarkOptions options, CorpusSentences sentences, int vocabulary, int experts, int beam) {
        List<Contender> contenders = new ArrayList<>();
        pyTorch(options, sentences.sources(), vocabulary, experts, beam)
                .forEach((form, peer) -> contenders.add(Contender.of(
                        peer.description(),
                        sentences,
                        peer,
                        CorpusWork.paper(sentences, beam, vocabulary, experts, precision(form)),
                        options.rounds)));
        return contenders;
    }

    /** The same for decoder steps, by form; rows attend to the first of the sentences. */
    Map<String, PythonPeer> pyTorchSteps(BenchmarkOptions options, int[][] sentences, int vocabulary, int experts) {
        return pyTorch(options, sentences, vocabulary, experts, 0);
    }

    private Map<String, PythonPeer> pyTorch(
            BenchmarkOptions options, int[][] sentences, int vocabulary, int experts, int beam) {
        Optional<String> python = find(Stack.PYTORCH);
        Map<String, PythonPeer> peers = new LinkedHashMap<>();
        for (String form : python.isPresent() ? forms : List.<String>of()) {
            start(
                            Stack.PYTORCH.title + ", " + form,
                            () -> pythons.start(
                                    python.get(),
                                    "pytorch_decoding.py",
                                    new PyTorchJob(form, vocabulary, experts, sentences, beam, options.threads),
                                    options.output.resolve("peer-job.json"),
                                    options.threads))
                    .ifPresent(peer -> peers.put(form, peer));
        }
        return peers;
    }

    /** Of the weights that a form multiplies by. */
    static Precision precision(String form) {
        return form.contains("int8") ? Precision.INT8 : Precision.FLOAT32;
    }

    /** Those that were asked for since the last {@link #close} and are not there. */
    List<Absent> absent() {
        return List.copyOf(absent);
    }

    private Optional<String> find(Stack stack) {
        try {
            return Optional.of(pythons.find(stack));
        } catch (BenchmarkException e) {
            absent.add(new Absent(stack.title, e.getMessage()));
            return Optional.empty();
        }
    }

    /** One that does not get as far as its first answer, for want of a compiler perhaps, does not end the others' benchmark. */
    private Optional<PythonPeer> start(String name, Supplier<PythonPeer> peer) {
        try {
            PythonPeer running = peer.get();
            started.add(running);
            return Optional.of(running);
        } catch (BenchmarkException e) {
            absent.add(new Absent(name, e.getMessage()));
            return Optional.empty();
        }
    }

    /** Ends all that were started, those too whose benchmark came to nothing. */
    void close() {
        started.forEach(PythonPeer::close);
        started.clear();
        absent.clear();
    }
}
