package dev.dragoman.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A file of sentence pairs and the part it plays in training.
 *
 * <p>The same file may be named several times with different kinds, to weigh prose and menu entries differently.
 *
 * @param file read by {@link TsvCorpus}
 * @param prefixId control piece put in front of every source, which names the target language of a multilingual model; empty
 *     for a model of one direction
 * @param kinds the kinds that are read; empty for all
 * @param weight how often a pair occurs in an epoch: 1 once, 2 twice, 0.25 in every fourth epoch on average, drawn anew for each epoch
 * @param reversed whether the file has the target in the first column
 * @param columns the columns that are read as sentences by themselves, for a language model; empty for pairs
 */
public record CorpusPart(
        Path file, OptionalInt prefixId, Set<String> kinds, double weight, boolean reversed, List<Column> columns) {
    public CorpusPart {
        kinds = Set.copyOf(kinds);
        columns = List.copyOf(columns);
        if (!(weight > 0 && weight <= 1000)) {
            throw new CorpusException("weight of " + file + " must be above 0 and up to 1000, but is " + weight);
        }
        if (prefixId.orElse(0) < 0) {
            throw new CorpusException("prefixId of " + file + " must not be negative, but is " + prefixId);
        }
    }

    /** Of sentences if columns are named. */
    public CorpusPart(Path file, OptionalInt prefixId, Set<String> kinds, double weight, List<Column> columns) {
        this(file, prefixId, kinds, weight, false, columns);
    }

    /** Of pairs, the source first. */
    public CorpusPart(Path file, OptionalInt prefixId, Set<String> kinds, double weight) {
        this(file, prefixId, kinds, weight, false, List.of());
    }

    /** All kinds, every pair once per epoch. */
    public static CorpusPart of(Path file, OptionalInt prefixId) {
        return new CorpusPart(file, prefixId, Set.of(), 1);
    }

    /** Whether the pair is of a kind that this part reads. */
    public boolean takes(SentencePair pair) {
        return kinds.isEmpty() || kinds.contains(pair.kind());
    }

    /** What a line is for training: itself, or its sentences, each as the target of an empty source. */
    public List<SentencePair> entries(SentencePair line) {
        if (columns.isEmpty()) {
            return List.of(
                    reversed ? new SentencePair(line.target(), line.source(), line.origin(), line.kind()) : line);
        }
        return columns.stream()
                .map(column -> new SentencePair("", column.of(line), line.origin(), line.kind()))
                .toList();
    }
}
