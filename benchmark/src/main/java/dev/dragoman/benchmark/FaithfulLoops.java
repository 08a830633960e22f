package dev.dragoman.benchmark;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.faithful.Degeneration;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.ProtectedSpans;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Loops and empty outputs: how many there are, how many stay, and what looking for them costs. */
final class FaithfulLoops {
    private static final int TURNS = 20;

    /** Written so that no work is left out for being useless. */
    private static volatile @Nullable Object sink;

    private FaithfulLoops() {}

    /** How often a search ends with no translation, how often that is said of a human's, and what trying again is good for. */
    static void measure(Report report, FaithfulModel model, FaithfulSample sample) {
        List<String> sources = sample.contents();
        List<Translation> first = model.translate(sources);
        List<FaithfulTranslation> last = model.translate(sample.sources(), Ladder.DEFAULT);
        Map<Degeneration, Integer> found = new EnumMap<>(Degeneration.class);
        Map<Degeneration, Integer> ofReferences = new EnumMap<>(Degeneration.class);
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            String text = first.get(i).text();
            int tokens = first.get(i).sourceTokens();
            Degeneration degeneration = Degeneration.of(
                    sources.get(i), tokens, first.get(i).hypotheses().get(0));
            if (degeneration != null) {
                found.merge(degeneration, 1, Integer::sum);
                FaithfulTranslation end = last.get(i);
                shown.add(sources.get(i) + "\n  - " + degeneration + ": " + text + "\n  - "
                        + end.best().text().content() + " (" + end.attempts() + " tried"
                        + (end.degenerate() ? ", flagged)" : ")"));
            }
            Degeneration ofReference = Degeneration.of(
                    sources.get(i), tokens, model.hypothesis(sample.references().get(i)));
            if (ofReference != null) {
                ofReferences.merge(ofReference, 1, Integer::sum);
            }
        }
        Report.Table table = report.table("Loops and empty outputs", "translations", "found", "BLEU");
        table.row("human", ofReferences.toString(), "");
        table.row(
                "as the model makes them",
                found.toString(),
                sample.bleu(first.stream().map(Translation::text).toList()));
        table.row(
                "after the ladder",
                last.stream().filter(FaithfulTranslation::degenerate).count() + " flagged",
                sample.bleu(FaithfulSample.texts(last)));
        report.line("");
        report.list(shown);
        report.line("");
        report.line(cost(sources, first));
    }

    /** What it costs a sentence that is sound at once. */
    private static String cost(List<String> sources, List<Translation> translations) {
        double finding = microseconds(sources.size(), i -> ProtectedSpans.ofSentence(sources.get(i)));
        double judging = microseconds(
                sources.size(),
                i -> Degeneration.of(
                        sources.get(i),
                        translations.get(i).sourceTokens(),
                        translations.get(i).hypotheses().get(0)));
        return String.format(
                Locale.ROOT, "Microseconds per sentence: finding %.1f, looking for loops %.1f", finding, judging);
    }

    /** The best of some turns, so that the first, which is interpreted, does not count. */
    private static double microseconds(int sentences, IntFunction<@Nullable Object> work) {
        double best = Double.POSITIVE_INFINITY;
        for (int turn = 0; turn < TURNS; turn++) {
            long begin = System.nanoTime();
            for (int i = 0; i < sentences; i++) {
                sink = work.apply(i);
            }
            best = Math.min(best, (System.nanoTime() - begin) / 1e3 / sentences);
        }
        return best;
    }
}
