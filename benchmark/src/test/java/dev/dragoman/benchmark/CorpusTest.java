package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code corpus} and {@code peer-steps} are made of, without a model. */
class CorpusTest {
    private static final Path MODEL = Path.of("../pretrained");

    private static final CorpusWork NO_WORK = new CorpusWork(1, 1, Precision.INT8);

    @TempDir
    Path folder;

    private static CorpusSentences ofLengths(int... lengths) {
        return new CorpusSentences(Arrays.stream(lengths).mapToObj(int[]::new).toArray(int[][]::new), 0);
    }

    /** A program that does what the lines of a shell say. */
    private String program(String name, String lines) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + lines + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    @Test
    void sample_isEvenlyFromAllLengths_withItsShareOfTheWords() {
        CorpusSentences corpus =
                new CorpusSentences(ofLengths(9, 1, 8, 2, 7, 3, 6, 4, 5, 10).sources(), 550);

        CorpusSentences sample = corpus.sample(5);

        assertThat(Arrays.stream(sample.sources()).mapToInt(source -> source.length))
                .containsExactly(2, 4, 6, 8, 10);
        assertThat(sample.tokens()).isEqualTo(30);
        assertThat(sample.words()).isEqualTo(300);
        assertThat(corpus.sample(0)).isSameAs(corpus);
        assertThat(corpus.sample(11)).isSameAs(corpus);
    }

    @Test
    void real_readsAsManyAsAreWanted_andCountsTheirWords() throws IOException {
        Path file = Files.write(
                folder.resolve("text.tsv"),
                List.of("One two three.\tUn deux trois.", "Four five six!", "Seven eight nine."));

        CorpusSentences corpus = CorpusSentences.real(file, MODEL, 2);

        assertThat(corpus.sources()).hasNumberOfRows(2);
        assertThat(corpus.words()).isEqualTo(6);
        assertThat(List.of(corpus.sources()))
                .allSatisfy(source -> assertThat(source).hasSizeBetween(3, 9));
        assertThatThrownBy(() -> CorpusSentences.real(file, MODEL, 4))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("asks for 4")
                .hasMessageContaining("only 3");
    }

    @Test
    void real_withoutAFile_hasEnoughSentencesOfManyLengths() {
        CorpusSentences corpus = CorpusSentences.real(null, MODEL, 3000);

        assertThat(Arrays.stream(corpus.sources())
                        .mapToInt(source -> source.length)
                        .distinct()
                        .count())
                .isGreaterThan(20);
        assertThat(corpus.words()).isBetween(3000L, corpus.tokens());
    }

    @Test
    void contenders_areComparedByTheToken_roundByRound() {
        double[] times = {1, 4, 2};
        int[] next = {0};
        Contender slow =
                new Contender("slow", ofLengths(10, 10), clock -> 10 * times[next[0]], null, NO_WORK, new double[3]);
        Contender fast = new Contender("fast", ofLengths(5), clock -> times[next[0]++], null, NO_WORK, new double[3]);
        for (int round = 0; round < 3; round++) {
            slow.take(round, Rounds.Clock.WALL);
            fast.take(round, Rounds.Clock.WALL);
        }

        // 20 tokens in ten times the seconds of 5.
        assertThat(slow.slowerThan(fast)).isCloseTo(2.5, within(1e-9));
        assertThat(fast.tokensPerSecond()).isCloseTo(2.5, within(1e-9));
        assertThat(fast.sentencesPerSecond()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void having_isTheFirstThatHasTheModule() throws IOException {
        String without = program("without", "exit 1");
        String with = program("with", "case \"$2\" in *\"'torch'\"*) exit 0;; esac; exit 1");

        assertThat(PythonPeer.having("torch", List.of(without, with))).contains(with);
        assertThat(PythonPeer.having("ctranslate2", List.of(without, with))).isEmpty();
        assertThat(PythonPeer.having("torch", List.of())).isEmpty();
        assertThatThrownBy(() -> PythonPeer.having(
                        "torch", List.of(folder.resolve("none").toString())))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("--python");
    }

    @Test
    void peersThatAreNotInstalled_areLeftOut_andSayWhy() throws IOException {
        CorpusPeers peers = new CorpusPeers();
        peers.forms = List.of("eager");

        assertThat(peers.cTranslate2(new BenchmarkOptions(), ofLengths(3), 100, 1, 10))
                .isEmpty();
        peers.pythons.pythons = List.of(program("without", "exit 1"));
        assertThat(peers.pyTorch(new BenchmarkOptions(), ofLengths(3), 100, 4, 1))
                .isEmpty();

        assertThat(peers.absent()).hasSize(2);
        assertThat(peers.absent().get(0)).hasToString("CTranslate2, left out: --peers installs it");
        assertThat(peers.absent().get(1).toString())
                .startsWith("PyTorch, left out: it is not installed in " + folder)
                .endsWith("without; --peers installs it");
    }

    /** A Python that has what is asked for, whose script ends at once. */
    @Test
    void aPeerThatDoesNotStart_leavesTheOthers() throws IOException {
        CorpusPeers peers = new CorpusPeers();
        peers.forms = List.of("compiled", "eager");
        peers.pythons.scripts = folder;
        peers.pythons.pythons = List.of(
                program("peer", "[ \"$1\" = -c ] && exit 0; grep -q compiled \"$2\" && exit 1; echo eager one"));
        BenchmarkOptions options = new BenchmarkOptions();
        options.output = folder;
        try {
            assertThat(peers.pyTorch(options, ofLengths(3, 5), 100, 4, 1))
                    .extracting(Contender::name)
                    .containsExactly("eager one");
            assertThat(folder.resolve("peer-job.json"))
                    .content()
                    .contains("\"form\":\"eager\"", "\"sentences\":[[0,0,0],[0,0,0,0,0]]", "\"beam\":1");
            assertThat(peers.absent().toString()).contains("PyTorch, compiled, left out: the peer has ended");
        } finally {
            peers.close();
        }
        assertThat(peers.absent()).isEmpty();
    }

    /** By a peer that tells its job and answers a second for each sentence's order. */
    @Test
    void cTranslate2_usesThreadsInBothWays_withAndWithoutItsMap() throws IOException {
        CorpusPeers peers = new CorpusPeers();
        peers.pythons.scripts = folder;
        peers.pythons.pythons = List.of(program(
                "peer", "[ \"$1\" = -c ] && exit 0; tr -d '\\n' < \"$2\"; echo; while read n; do echo \"$n 7\"; done"));
        BenchmarkOptions options = new BenchmarkOptions();
        options.threads = 2;
        options.output = folder;
        List<Contender> contenders = peers.cTranslate2(options, ofLengths(3, 4), 100, 4, 10);
        try {
            List<String> names = new ArrayList<>();
            contenders.forEach(contender -> names.add(contender.name()));
            assertThat(names).hasSize(4);
            assertThat(names.get(0))
                    .contains("\"sentences\":[[0,0,0],[0,0,0,0]]", "\"beam\":4", "\"inter\":1,\"intra\":2,\"map\":0")
                    .endsWith("inter_threads 1, intra_threads 2");
            assertThat(names.get(1)).contains("\"inter\":2,\"intra\":1,\"map\":0");
            assertThat(names.get(3))
                    .contains("\"inter\":2,\"intra\":1,\"map\":10")
                    .contains("vocabulary map of 10");
            contenders.get(0).take(0, Rounds.Clock.WALL);
            assertThat(contenders.get(0).seconds()[0]).isCloseTo(1, within(1e-9));
        } finally {
            peers.close();
        }
    }

    @Test
    void memory_ofThisProcess_andItsBound() {
        ResidentMemory memory = ResidentMemory.of("self");

        assertThat(memory.now()).isBetween(20e6, memory.peak());
        assertThat(memory.anonymous() + memory.file()).isCloseTo(memory.now(), within(0.05 * memory.now()));
        assertThat(ResidentMemory.bound(1e9)).isEqualTo(1.5e9);
    }

    @Test
    void limitOfCapacity_hasRoomForTheShareAndWhatIsNoFiles() {
        assertThat(Capacity.limit(1e9, 0.5, 8e9)).isEqualTo(5_128_000_000L);
    }
}
