package dev.dragoman.benchmark;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.Decoding;
import dev.dragoman.model.TranslationModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** The process that {@link Capacity} measures: opens a model, translates, decodes, and prints lines {@code NAME VALUE}. */
final class CapacityProbe {
    static final int[] ROWS = {1, 32, 256};
    private static final int SOURCE_TOKENS = 20;
    private static final int FEWEST_STEPS = 3;
    private static final String SENTENCE =
            "The committee has agreed to look at the report again before the end of the year.";

    private CapacityProbe() {}

    /** Arguments: the model directory, the number of libtorch's threads, the seconds that each number of rows is decoded. Begins when it is told to, by a byte. */
    public static void main(String[] arguments) throws IOException {
        if (System.in.read() < 0) {
            return;
        }
        BenchmarkOptions options = new BenchmarkOptions();
        options.threads = Integer.parseInt(arguments[1]);
        options.prepareEngine();
        Path directory = Path.of(arguments[0]);
        AtomicLong peak = new AtomicLong();
        Thread watch = new Thread(() -> watch(peak));
        watch.setDaemon(true);
        watch.start();
        double begin = Rounds.Clock.WALL.now();
        try (Translator translator = Translator.open(directory)) {
            print("open", Rounds.Clock.WALL.now() - begin);
            LanguagePair pair = translator.languagePairs().iterator().next();
            translator.translate(List.of(SENTENCE), pair, new TranslationOptions(1, 1, 0, 0, 1));
            print("translated", Rounds.Clock.WALL.now() - begin);
        }
        try (TranslationModel model = TranslationModel.open(directory)) {
            for (int rows : ROWS) {
                print("rows" + rows, rowsPerSecond(model, rows, Double.parseDouble(arguments[2])));
            }
            double all = memory("/proc/self/smaps_rollup", "Rss");
            double anonymous = memory("/proc/self/smaps_rollup", "Anonymous");
            print("anonymous", anonymous);
            print("file", all - anonymous);
            print("peak", peak.get());
            print("visited", visited(model));
        }
    }

    /** Share of all experts that some row has visited since the model was opened. */
    private static double visited(TranslationModel model) {
        return model.expertUsage().values().stream()
                .flatMapToLong(usage -> Arrays.stream(usage.rows()))
                .mapToInt(rows -> rows > 0 ? 1 : 0)
                .average()
                .orElse(0);
    }

    /** Decodes random tokens, so that rows do not come to agree; the first step is not counted. */
    private static double rowsPerSecond(TranslationModel model, int rows, double longest) {
        int vocabulary = model.configuration().network().vocabularySize();
        Random random = new Random(rows);
        int[][] sources = new int[rows][];
        for (int row = 0; row < rows; row++) {
            sources[row] = ids(random, SOURCE_TOKENS, vocabulary);
        }
        List<Double> seconds = new ArrayList<>();
        try (Decoding decoding = model.decode(sources)) {
            decoding.step(ids(random, rows, vocabulary), 1, false);
            double begin = Rounds.Clock.WALL.now();
            while (seconds.size() < FEWEST_STEPS || Rounds.Clock.WALL.now() - begin < longest) {
                int[] last = ids(random, rows, vocabulary);
                seconds.add(Rounds.Clock.WALL.time(() -> decoding.step(last, 1, false)));
            }
        }
        return rows
                * seconds.size()
                / seconds.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Behind the ids of special pieces. */
    private static int[] ids(Random random, int number, int vocabulary) {
        int[] ids = new int[number];
        Arrays.setAll(ids, i -> 10 + random.nextInt(vocabulary - 10));
        return ids;
    }

    /** Keeps the most anonymous memory that there was; what comes and goes within some milliseconds may be missed. */
    private static void watch(AtomicLong peak) {
        try {
            while (true) {
                double now = memory("/proc/self/status", "RssAnon");
                peak.accumulateAndGet(Double.isNaN(now) ? 0 : (long) now, Math::max);
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double memory(String file, String name) {
        return Machine.bytes(Machine.field(file, name + ":"));
    }

    private static void print(String name, double value) {
        System.out.println(name + " " + String.format(Locale.ROOT, "%.6g", value));
    }
}
