package dev.dragoman.benchmark;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.Rendering;
import dev.dragoman.inference.faithful.Rung;
import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The forms in which a model may be shown what has to arrive: what it keeps of each, and what a ladder that begins with it comes to. */
final class FaithfulForms {
    private static final Pattern ADDRESS = Pattern.compile("(?i).*(?:://|@|www\\.|[a-z]\\.[a-z]{2,}).*");
    private static final Pattern NUMBER = Pattern.compile("[-+v]?\\p{Nd}.*");

    private FaithfulForms() {}

    private static String kind(Slot slot) {
        return ADDRESS.matcher(slot.content()).matches()
                ? "addresses"
                : NUMBER.matcher(slot.content()).matches() ? "numbers" : "placeholders";
    }

    /** The share of sentences in which all arrives, by what is in them, with one rung alone. */
    static void renderings(Report report, FaithfulModel model, List<FaithfulSample> samples) {
        Report.Table table = report.table(
                "What arrives",
                "sentences",
                "shown as",
                "all",
                "with numbers",
                "with placeholders",
                "with addresses",
                "BLEU");
        for (FaithfulSample sample : samples) {
            for (Rendering rendering : Rendering.values()) {
                List<Translation> translations = model.translate(
                        sample.sources().stream().map(rendering::render).toList());
                List<Boolean> whole = new ArrayList<>();
                List<String> texts = new ArrayList<>();
                for (int i = 0; i < translations.size(); i++) {
                    SlottedText source = sample.sources().get(i);
                    String output = translations.get(i).text();
                    SlottedText text = rendering.parse(
                            source, translations.get(i).hypotheses().get(0));
                    whole.add(text != null
                            && text.slots().size() == source.slots().size());
                    texts.add(text == null ? output : text.content());
                }
                table.row(
                        sample.name() + ", " + sample.sources().size(),
                        rendering.name(),
                        share(sample, whole, null),
                        share(sample, whole, "numbers"),
                        share(sample, whole, "placeholders"),
                        share(sample, whole, "addresses"),
                        sample.bleu(texts));
            }
        }
    }

    private static String share(FaithfulSample sample, List<Boolean> whole, @Nullable String kind) {
        int[] chosen = IntStream.range(0, whole.size())
                .filter(i -> kind == null
                        || sample.sources().get(i).slots().stream()
                                .anyMatch(slot -> kind(slot).equals(kind)))
                .toArray();
        long arrived = IntStream.of(chosen).filter(whole::get).count();
        return chosen.length == 0
                ? "-"
                : String.format(Locale.ROOT, "%.1f %% of %d", 100.0 * arrived / chosen.length, chosen.length);
    }

    /** What it costs that all of it arrives. */
    static void ladders(Report report, FaithfulModel model, List<FaithfulSample> samples) {
        Report.Table table = report.table(
                "Ladders",
                "sentences",
                "first shown as",
                "sound at once",
                "at the second",
                "later",
                "flagged",
                "BLEU",
                "seconds");
        for (FaithfulSample sample : samples) {
            for (Rendering rendering : Rendering.values()) {
                List<Rung> rungs = new ArrayList<>(Ladder.DEFAULT.rungs());
                if (rendering != Rendering.AS_IT_IS) {
                    rungs.set(0, new Rung(Rung.Cut.NOWHERE, rendering, false));
                    rungs.set(1, new Rung(Rung.Cut.NOWHERE, Rendering.NUMBER, true));
                }
                long begin = System.nanoTime();
                List<FaithfulTranslation> translations = model.translate(sample.sources(), new Ladder(rungs));
                double seconds = (System.nanoTime() - begin) / 1e9;
                table.row(
                        sample.name(),
                        rendering.name(),
                        count(translations, 1, 1),
                        count(translations, 2, 2),
                        count(translations, 3, rungs.size()),
                        String.valueOf(translations.stream()
                                .filter(FaithfulTranslation::degenerate)
                                .count()),
                        sample.bleu(FaithfulSample.texts(translations)),
                        String.format(Locale.ROOT, "%.1f", seconds));
            }
        }
    }

    private static String count(List<FaithfulTranslation> translations, int from, int to) {
        return String.valueOf(translations.stream()
                .filter(translation ->
                        !translation.degenerate() && translation.attempts() >= from && translation.attempts() <= to)
                .count());
    }
}
