package dev.dragoman.benchmark;

import dev.dragoman.model.checkpoint.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tables and drawing of {@code corpus} for one beam, of contenders that have had all their turns. */
final class CorpusReport {
    private final Report report;
    private final int beam;
    private final List<Contender> contenders;

    /** @param contenders first the kernels, then the kernels with the shortlist, then all others */
    CorpusReport(Report report, int beam, List<Contender> contenders) {
        this.report = report;
        this.beam = beam;
        this.contenders = contenders;
    }

    /** Rates beside the floor, and what was left out. */
    void rates(CorpusWork.Machine machine, List<CorpusPeers.Absent> absent) {
        Report.Table table = report.table(
                "beam " + beam,
                "by",
                "sentences",
                "target tokens/s",
                "source words/s",
                "sentences/s",
                "kernels are so many times as fast",
                "with the shortlist",
                "% of floor",
                "% of floor by vectors");
        for (Contender contender : contenders) {
            double seconds = contender.sentences().tokens() / contender.tokensPerSecond();
            table.row(
                    contender.name(),
                    String.valueOf(contender.sentences().sources().length),
                    Figures.of(contender.tokensPerSecond()),
                    contender.sentences().words() == 0 ? "" : Figures.of(contender.wordsPerSecond()),
                    Figures.of(contender.sentencesPerSecond()),
                    Figures.of(contender.slowerThan(contenders.get(0))),
                    Figures.of(contender.slowerThan(contenders.get(1))),
                    Figures.percent(contender.work().floor(machine) / seconds),
                    Figures.percent(contender.work().floorByVectors(machine) / seconds));
        }
        absent.forEach(peer -> table.row(peer.toString(), "", "", "", "", "", "", "", ""));
    }

    /** What a token costs each system, and how many of them it makes of what the machine could compute in 8 bits. */
    void work(CorpusWork.Machine machine) {
        Report.Table table = report.table(
                "work beam " + beam,
                "by",
                "multiply-adds a target token, millions",
                "GOP/s",
                "tokens per GOP",
                "tokens per GOP by vectors");
        for (Contender contender : contenders) {
            double tokens = contender.tokensPerSecond();
            double operations =
                    contender.work().operations() / contender.sentences().tokens();
            table.row(
                    contender.name(),
                    Figures.of(1e-6 * operations / 2),
                    Figures.rate(tokens * operations),
                    Figures.of(1e9 * tokens / machine.bits8().operations()),
                    Figures.of(1e9 * tokens / machine.bits8().vectorOperations()));
        }
    }

    /** Target tokens per second of all. */
    void plot() {
        BarPlot plot = new BarPlot("Whole translations, beam " + beam + ", target tokens per second");
        for (Contender contender : contenders) {
            plot.add(contender.name(), contender.tokensPerSecond(), contender.peer() == null);
        }
        report.plot("beam-" + beam, plot.svg());
    }

    /**
     * Of the peers, and of a process that has done nothing but what it was told.
     *
     * @param directory of the model whose weights bound it
     */
    void memory(CorpusProbe.Job job, Path directory, Path jobFile) throws IOException {
        double weights = Files.size(directory.resolve(ModelDirectory.WEIGHTS));
        Report.Table table = report.table(
                "memory beam " + beam,
                "process",
                "most resident, MB",
                "at the end, MB",
                "of it no file's, MB",
                "files' pages, MB",
                "weights, MB",
                "1.2 x weights + 300 MB");
        memory(
                table,
                contenders.get(0).name() + ", a JVM of its own",
                CorpusProbe.run(job, jobFile),
                ResidentMemory.megabytes(weights),
                ResidentMemory.megabytes(ResidentMemory.bound(weights)));
        for (Contender contender : contenders) {
            if (contender.peer() != null) {
                memory(table, contender.name(), contender.peer().memory(), "", "");
            }
        }
    }

    private static void memory(Report.Table table, String name, ResidentMemory memory, String weights, String bound) {
        table.row(
                name,
                ResidentMemory.megabytes(memory.peak()),
                ResidentMemory.megabytes(memory.now()),
                ResidentMemory.megabytes(memory.anonymous()),
                ResidentMemory.megabytes(memory.file()),
                weights,
                bound);
    }
}
