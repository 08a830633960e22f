package dev.dragoman.training.cli;

import dev.dragoman.inference.ModelUnavailableException;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.training.DivergedException;
import dev.dragoman.training.RecipeException;
import dev.dragoman.training.TrainingMemoryException;
import dev.dragoman.training.data.CorpusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells of a failure in a line if the caller can mend it, else with its stack trace. */
final class FailureHandler implements IExecutionExceptionHandler {
    private final BooleanSupplier stackTrace;

    FailureHandler(BooleanSupplier stackTrace) {
        this.stackTrace = stackTrace;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult parsed) {
        String command = commandLine.getCommandSpec().qualifiedName();
        if (!isForTheCaller(failure) || stackTrace.getAsBoolean()) {
            failure.printStackTrace(commandLine.getErr());
        }
        commandLine.getErr().println(command + ": " + message(failure));
        return ExitCode.SOFTWARE;
    }

    /** Whether the message says what to mend: a file, an option, a recipe, a model. */
    private static boolean isForTheCaller(Exception failure) {
        return failure instanceof IOException
                || failure instanceof UncheckedIOException
                || failure instanceof RecipeException
                || failure instanceof ModelUnavailableException
                || failure instanceof ModelFormatException
                || failure instanceof DivergedException
                || failure instanceof TrainingMemoryException
                || failure instanceof CorpusException
                || failure instanceof CommandException;
    }

    /** The messages of the file system are bare names; this puts the problem behind the name. */
    static String message(Throwable failure) {
        if (failure instanceof UncheckedIOException && failure.getCause() != null) {
            return message(failure.getCause());
        }
        if (failure instanceof FileSystemException ofFile && ofFile.getReason() == null) {
            return ofFile.getFile() + ": " + fileProblem(ofFile);
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static String fileProblem(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        return failure instanceof AccessDeniedException
                ? "access denied"
                : failure.getClass().getSimpleName();
    }
}
