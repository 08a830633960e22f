package dev.dragoman.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The systems in Python that translations are compared with, those of them that are installed. */
final class CorpusPeers {
    @Option(
            names = "--python",
            split = ",",
            paramLabel = "FILE",
            description =
                    "Pythons of which one has ctranslate2 and numpy, and one torch; a peer that is in none of them is left out.")
    List<String> pythons = List.of();

    @Option(
            names = "--forms",
            split = ",",
            paramLabel = "F",
            defaultValue = "eager,compiled,scripted,scripted-int8,scripted-int8-onednn",
            description = "How PyTorch computes, also eager-int8 (default: ${DEFAULT-VALUE}).")
    List<String> forms = List.of();

    @Option(
            names = "--peer-scripts",
            paramLabel = "DIR",
            defaultValue = "benchmark",
            description = "Where ctranslate2_decoding.py and pytorch_decoding.py are (default: ${DEFAULT-VALUE}).")
    Path scripts = Path.of("benchmark");

    /** What {@code ctranslate2_decoding.py} is told: so many translators side by side, of so many threads each. */
    record CTranslate2Job(int vocabulary, int[][] sentences, int beam, int inter, int intra, int map) {}

    /** What {@code pytorch_decoding.py} is told; beam 0 for steps alone. */
    record PyTorchJob(String form, int vocabulary, int experts, int sentences, int tokens, int beam, int threads) {}

    private final List<PythonPeer> started = new ArrayList<>();

    /** CTranslate2 in every way to use so many threads, with and without a vocabulary map. */
    List<Contender> cTranslate2(
            Report report, BenchmarkOptions options, CorpusSentences sentences, int vocabulary, int beam, int map) {
        Optional<String> python = find("ctranslate2", report);
        List<Contender> contenders = new ArrayList<>();
        for (int pieces : python.isPresent() ? new int[] {0, map} : new int[0]) {
            for (int inter : options.threads == 1 ? new int[] {1} : new int[] {1, options.threads}) {
                int intra = options.threads / inter;
                PythonPeer peer = start(
                        python.get(),
                        "ctranslate2_decoding.py",
                        new CTranslate2Job(vocabulary, sentences.sources(), beam, inter, intra, pieces),
                        options,
                        intra);
                String name = peer.description()
                        + (pieces > 0 ? ", vocabulary map of " + pieces : "")
                        + (options.threads == 1 ? "" : ", inter_threads " + inter + ", intra_threads " + intra);
                contenders.add(Contender.of(name, sentences, peer, options.rounds));
            }
        }
        return contenders;
    }

    /** PyTorch with the same network, in each form. */
    List<PythonPeer> pyTorch(
            Report report, BenchmarkOptions options, int vocabulary, int experts, int sentences, int tokens, int beam) {
        Optional<String> python = find("torch", report);
        List<PythonPeer> peers = new ArrayList<>();
        for (String form : python.isPresent() ? forms : List.<String>of()) {
            peers.add(start(
                    python.get(),
                    "pytorch_decoding.py",
                    new PyTorchJob(form, vocabulary, experts, sentences, tokens, beam, options.threads),
                    options,
                    options.threads));
        }
        return peers;
    }

    private Optional<String> find(String module, Report report) {
        Optional<String> python = PythonPeer.having(module, pythons);
        if (python.isEmpty()) {
            report.line("");
            report.line(
                    pythons.isEmpty()
                            ? module + " is left out: --python names no Python that has it."
                            : module + " is left out: it is not installed in " + String.join(", ", pythons) + ".");
        }
        return python;
    }

    private PythonPeer start(String python, String script, Object job, BenchmarkOptions options, int threads) {
        PythonPeer peer = PythonPeer.start(
                python, scripts.resolve(script), job, options.output.resolve("peer-job.json"), threads);
        started.add(peer);
        return peer;
    }

    /** Ends all that were started, those too whose benchmark came to nothing. */
    void close() {
        started.forEach(PythonPeer::close);
        started.clear();
    }
}
