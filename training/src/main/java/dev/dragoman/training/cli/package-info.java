/**
 * The command line: {@link dev.dragoman.training.cli.Dragoman} and one class per subcommand.
 *
 * <p>A command reads its options, opens what they name, and hands over to a class that knows neither picocli nor
 * {@link java.lang.System#out}: {@link dev.dragoman.training.cli.LineTranslation},
 * {@link dev.dragoman.training.cli.CorpusTranslation}, the vocabulary trainer and the trainer. Results go to the standard output, all
 * else to the standard error; both are UTF-8 whatever the locale says.
 *
 * <p>Exit codes: 0 done, 1 the command failed, 2 it was called wrongly. A failure that the caller can mend is one line; any other
 * shows its stack trace.
 */
@NullMarked
package dev.dragoman.training.cli;

import org.jspecify.annotations.NullMarked;
