package dev.dragoman.training.preparation;

import dev.dragoman.training.data.NewFile;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Draws the sentences that a vocabulary is learnt from: pairs at even distances over all texts, both sides. */
final class VocabularySample {
    private VocabularySample() {}

    /**
     * Writes the sample, a sentence a line.
     *
     * @param pairs how many the texts have together
     * @param sentences how many at most; 0 takes all
     * @return how many there are
     */
    static long write(List<Path> texts, long pairs, int sentences, Path target) throws IOException {
        long wanted = sentences == 0 ? Long.MAX_VALUE : Math.max(1, sentences / 2);
        long number = 0;
        long taken = 0;
        try (NewFile sample = NewFile.create(target)) {
            for (Path text : texts) {
                try (TsvCorpus corpus = TsvCorpus.open(text)) {
                    for (SentencePair pair = corpus.next(); pair != null; pair = corpus.next()) {
                        if (pairs <= wanted || number * wanted / pairs != (number + 1) * wanted / pairs) {
                            byte[] both =
                                    (pair.source() + "\n" + pair.target() + "\n").getBytes(StandardCharsets.UTF_8);
                            sample.stream().write(both);
                            taken++;
                        }
                        number++;
                    }
                }
            }
            sample.commit();
        }
        return 2 * taken;
    }
}
