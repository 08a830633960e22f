package dev.dragoman.model.configuration;

import java.util.List;

/**
 * What {@code config.json} holds: all that a reader needs besides the weights and the pieces.
 *
 * @param format version of the model directory's format, see {@link #FORMAT}
 * @param name what the model calls itself
 * @param padId id of the padding piece
 * @param bosId id fed to the decoder before the first target token
 * @param eosId id that ends a sentence
 * @param directions the directions of translation that the model was trained for
 * @param network the network's sizes
 */
public record ModelConfiguration(
        int format,
        String name,
        int padId,
        int bosId,
        int eosId,
        List<Direction> directions,
        NetworkConfiguration network) {
    /** The newest format that this code reads, and the one it writes. */
    public static final int FORMAT = 2;

    /**
     * A direction of translation.
     *
     * @param source ISO 639-1 code of the source language
     * @param target likewise of the target
     * @param prefix the piece put before the source to name the target language, empty where the model has one target only
     */
    public record Direction(String source, String target, String prefix) {
        public Direction {
            Requirement.present("source of a direction", source);
            Requirement.present("target of a direction", target);
            Requirement.present("prefix of a direction", prefix);
        }
    }

    public ModelConfiguration {
        Requirement.present("name", name);
        directions = Requirement.list("directions", directions);
        Requirement.present("network", network);
        Requirement.that(!directions.isEmpty(), "directions must name at least one direction, but is empty");
        int last = network.vocabularySize() - 1;
        Requirement.range("padId", padId, 0, last);
        Requirement.range("bosId", bosId, 0, last);
        Requirement.range("eosId", eosId, 0, last);
    }
}
