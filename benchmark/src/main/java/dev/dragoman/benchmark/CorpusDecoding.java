package dev.dragoman.benchmark;

import ai.djl.ndarray.NDManager;
import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.kernel.ComputeDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code corpus}: whole translations by the paper's network, encoder and search included, beside the engine, CTranslate2 and PyTorch. */
@Command(
        name = "corpus",
        description = {
            "Translates sentences with the network of Shazeer et al. 2017, appendix E, 32 experts, 32,000 pieces, random weights: by native"
                    + " kernels in 8 bits, by the engine in float32 and, with --peers or --python, by PyTorch with the same network and by CTranslate2"
                    + " with a Transformer-base in 8 bits.",
            "Sources are random pieces, all of one length, or real sentences (--real); each target has as many pieces as its source."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CorpusDecoding implements Callable<Integer> {
    private static final int VOCABULARY = PaperOptions.VOCABULARY;
    private static final int EXPERTS = PaperOptions.EXPERTS;
    /** Pieces of the shortlist, and of the vocabulary map that CTranslate2 is given. */
    private static final int MAP = 2048;
    /** Sentences that are translated before it counts. */
    private static final int WARM_UP = 64;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many sentences are translated in a turn (default: 64, of real ones 3000).")
    @Nullable
    Integer count;

    @Option(
            names = "--tokens",
            paramLabel = "T",
            defaultValue = "27",
            description = "Of each source and each target, of random pieces (default: ${DEFAULT-VALUE}).")
    int tokens = 27;

    @Option(
            names = "--real",
            description = "Real sentences of all lengths, all at once, and each target as long as its source.")
    boolean real;

    @Option(
            names = "--sentences",
            paramLabel = "FILE",
            description =
                    "English sentences for --real, one a line or in the first column of a TSV, also .xz; by default strings of programs that"
                            + " come with the benchmark.")
    @Nullable
    Path sentences;

    @Option(
            names = "--engine-sample",
            paramLabel = "N",
            defaultValue = "300",
            description =
                    "How many of them the engine and PyTorch translate, evenly from all lengths; 0 for all (default: ${DEFAULT-VALUE}).")
    int engineSample = 300;

    @Option(
            names = "--peer-sample",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same of CTranslate2 (default: all).")
    int peerSample;

    @Option(
            names = "--beam",
            split = ",",
            paramLabel = "W",
            defaultValue = "1,4",
            description = "Beam sizes (default: ${DEFAULT-VALUE}).")
    List<Integer> beams = List.of();

    @Mixin
    CorpusPeers peers = new CorpusPeers();

    @Mixin
    PaperOptions paper = new PaperOptions();

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "corpus");
        CorpusSentences corpus = real || sentences != null
                ? CorpusSentences.real(sentences, paper.like, count == null ? 3000 : count)
                : CorpusSentences.random(count == null ? 64 : count, tokens, CorpusSearch.BOS + 2, VOCABULARY);
        report.list(List.of("sentences: " + corpus.sources().length + ", pieces of their sources and of their targets: "
                + corpus.tokens() + (corpus.words() == 0 ? "" : ", words: " + corpus.words())));
        try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
            paper.write(folder.path(), EXPERTS);
            try (TranslationModel kernels = DecoderSteps.open(folder.path(), "auto", options.threads);
                    TranslationModel engine = DecoderSteps.open(folder.path(), "none", options.threads)) {
                CorpusWork.Machine machine = ceilings(report, kernels);
                for (int beam : beams) {
                    measure(report, machine, folder.path(), kernels, engine, corpus, beam);
                }
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    /** Reading is that of a decoder step's bytes again and again. */
    private CorpusWork.Machine ceilings(Report report, TranslationModel kernels) {
        try (NDManager manager = ComputeDevice.newManager()) {
            return new CorpusWork.Machine(
                    PaperOptions.ceilings(
                            report, kernels.computedBy(), "auto", PaperOptions.stepBytes(EXPERTS), options.threads),
                    options.ceilings(manager, report));
        }
    }

    private void measure(
            Report report,
            CorpusWork.Machine machine,
            Path directory,
            TranslationModel kernels,
            TranslationModel engine,
            CorpusSentences corpus,
            int beam)
            throws IOException {
        try {
            List<Contender> contenders = own(kernels, engine, corpus, beam);
            contenders.addAll(peers.cTranslate2(options, corpus.sample(peerSample), VOCABULARY, beam, MAP));
            contenders.addAll(peers.pyTorch(options, corpus.sample(engineSample), VOCABULARY, EXPERTS, beam));
            for (int round = 0; round < options.rounds; round++) {
                for (Contender contender : contenders) {
                    contender.take(round, options.clock());
                }
            }
            CorpusReport results = new CorpusReport(report, beam, contenders);
            results.rates(machine, peers.absent());
            results.work(machine);
            results.plot();
            results.memory(
                    new CorpusProbe.Job(
                            directory.toString(),
                            "auto",
                            options.threads,
                            VOCABULARY,
                            beam,
                            maximumTokens(corpus, beam),
                            0,
                            corpus.sources()),
                    directory,
                    options.output.resolve("corpus-memory.json"));
            PaperOptions.again(report, machine.bits8(), "auto", PaperOptions.stepBytes(EXPERTS), options.threads);
        } finally {
            peers.close();
        }
    }

    private List<Contender> own(TranslationModel kernels, TranslationModel engine, CorpusSentences corpus, int beam) {
        CorpusSearch fast = search(kernels, corpus, beam);
        CorpusSearch slow = search(engine, corpus, beam);
        CorpusSentences sample = corpus.sample(engineSample);
        int[][] sources = corpus.sources();
        int[][] first = Arrays.copyOf(sources, Math.min(WARM_UP, sources.length));
        fast.translate(first, 0);
        slow.translate(Arrays.copyOf(first, Math.min(first.length, sample.sources().length)), 0);
        String name = kernels.computedBy();
        String listed = ", shortlist of " + MAP;
        List<Contender> own = new ArrayList<>();
        CorpusWork all = CorpusWork.paper(corpus, beam, VOCABULARY, EXPERTS, Precision.INT8);
        CorpusWork some = CorpusWork.paper(corpus, beam, MAP, EXPERTS, Precision.INT8);
        int rounds = options.rounds;
        own.add(Contender.of(name, corpus, () -> fast.translate(sources, 0), all, rounds));
        own.add(Contender.of(name + listed, corpus, () -> fast.translate(sources, MAP), some, rounds));
        if (options.threads > 1 && corpus.words() > 0) {
            String side = ", " + options.threads + " decoders side by side";
            int decoders = options.threads;
            own.add(Contender.of(name + side, corpus, () -> fast.translate(sources, 0, decoders), all, rounds));
            own.add(Contender.of(
                    name + listed + side, corpus, () -> fast.translate(sources, MAP, decoders), some, rounds));
        }
        own.add(Contender.of(
                engine.computedBy() + ", float32",
                sample,
                () -> slow.translate(sample.sources(), 0),
                CorpusWork.paper(sample, beam, VOCABULARY, EXPERTS, Precision.FLOAT32),
                rounds));
        return own;
    }

    /** Real sentences as many at once as the library does it, equal ones all together as the peers do. */
    private static CorpusSearch search(TranslationModel model, CorpusSentences corpus, int beam) {
        return new CorpusSearch(model, VOCABULARY, beam, maximumTokens(corpus, beam));
    }

    private static int maximumTokens(CorpusSentences corpus, int beam) {
        return corpus.words() > 0
                ? BatchSearch.DEFAULT_MAXIMUM_TOKENS
                : Math.max(BatchSearch.DEFAULT_MAXIMUM_TOKENS, (int) corpus.tokens() * beam);
    }
}
