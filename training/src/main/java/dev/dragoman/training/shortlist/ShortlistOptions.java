package dev.dragoman.training.shortlist;

/**
 * How long the lists of a shortlist are. All limits hold together.
 *
 * @param frequent how many of the most frequent target pieces are always allowed, 0 or more
 * @param perPiece how many target pieces a source piece allows at most, 0 or more
 * @param mass a source piece allows its most probable translations until these have so much of the probability together, 0 to 1
 */
public record ShortlistOptions(int frequent, int perPiece, double mass) {
    public ShortlistOptions {
        require(frequent >= 0, "frequent must not be negative, but is " + frequent);
        require(perPiece >= 0, "perPiece must not be negative, but is " + perPiece);
        require(mass >= 0 && mass <= 1, "mass must be from 0 to 1, but is " + mass);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
