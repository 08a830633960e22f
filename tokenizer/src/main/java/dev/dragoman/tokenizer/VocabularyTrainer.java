package dev.dragoman.tokenizer;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Learns a vocabulary from plain text with {@code spm_train}, the tool of the SentencePiece project.
 *
 * <p>The model is of the unigram kind (Kudo 2018) with byte pieces, so that every string can be spelt. Ids: 0 {@code <pad>}, 1
 * {@code <unk>}, 2 {@code <s>}, 3 {@code </s>}, then the control pieces, the 256 bytes, and the text. The characters that make up
 * 99.95 % of the text get a piece of their own.
 *
 * <p>Normalisation is {@code nmt_nfkc}: Unicode NFKC as {@code nfkc} has it, and besides, control characters are dropped and tabs, line
 * ends and zero-width spaces become spaces. Pasted text is full of these; with plain {@code nfkc} they would be spelt in bytes, which
 * the network never saw in training.
 *
 * <p>Deterministic: {@code spm_train} is run in an empty directory in which the texts have fixed names, so that neither the choice of
 * sentences nor the file, which records the names, depends on where the texts lie.
 */
public final class VocabularyTrainer {
    private static final String TOOL = "spm_train";
    private static final String MODEL_NAME = "pieces";
    private static final int LOG_LINES_IN_MESSAGE = 20;

    private final VocabularyOptions options;
    private final Consumer<String> log;
    private final String searchPath;

    /**
     * A trainer with these options.
     *
     * @param log receives every line that {@code spm_train} writes about its progress, in the thread that called {@link #train}
     */
    public VocabularyTrainer(VocabularyOptions options, Consumer<String> log) {
        this(options, log, System.getenv("PATH"));
    }

    /** As the public one, with the folders in which {@code spm_train} is looked for. */
    VocabularyTrainer(VocabularyOptions options, Consumer<String> log, @Nullable String searchPath) {
        this.options = options;
        this.log = log;
        this.searchPath = searchPath == null ? "" : searchPath;
    }

    /**
     * Trains a vocabulary and writes it to {@code modelFile}, replacing one that is there. The file appears complete or not at all.
     *
     * @param texts UTF-8 files, one sentence a line; lines of more than 4,192 bytes are passed over
     * @return the vocabulary that was written
     * @throws VocabularyTrainingException if {@code spm_train} is absent or fails; the message ends with what it wrote last
     * @throws IOException if a text cannot be read or the model cannot be written
     * @throws InterruptedException if the thread is interrupted; {@code spm_train} is ended
     */
    public Vocabulary train(List<Path> texts, Path modelFile) throws IOException, InterruptedException {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("no text to learn a vocabulary from");
        }
        Path tool = findTool();
        Path target = modelFile.toAbsolutePath();
        Path directory = Files.createDirectories(target.resolveSibling(".").normalize());
        // Beside the target, so that the finished file can be moved in one step.
        Path work = Files.createTempDirectory(directory, ".vocabulary-");
        try {
            run(tool, linkTexts(texts, work), work);
            Path trained = work.resolve(MODEL_NAME + ".model");
            Vocabulary vocabulary = Vocabulary.read(trained);
            try (FileChannel file = FileChannel.open(trained, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            Files.move(trained, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return vocabulary;
        } finally {
            deleteTree(work);
        }
    }

    private Path findTool() throws VocabularyTrainingException {
        return Arrays.stream(searchPath.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, TOOL).toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new VocabularyTrainingException(TOOL
                        + " is not on the PATH. It is part of SentencePiece: `apt-get install sentencepiece` on Debian and"
                        + " Ubuntu, or build it from https://github.com/google/sentencepiece."));
    }

    /** Gives the texts names without a comma, which {@code spm_train} takes for the end of a name. */
    private static List<String> linkTexts(List<Path> texts, Path work) throws IOException {
        List<String> names = new ArrayList<>();
        for (Path text : texts) {
            if (!Files.isReadable(text) || Files.isDirectory(text)) {
                throw new NoSuchFileException(text.toString(), null, "not a readable text file");
            }
            String name = "text-" + (names.size() + 1);
            Files.createSymbolicLink(work.resolve(name), text.toRealPath());
            names.add(name);
        }
        return names;
    }

    private void run(Path tool, List<String> textNames, Path work) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(tool.toString());
        command.addAll(arguments(textNames));
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            List<String> lastLines = follow(process);
            int status = process.waitFor();
            if (status != 0) {
                throw new VocabularyTrainingException(TOOL + " ended with status " + status + ". It wrote:\n"
                        + String.join("\n", lastLines) + "\nThe command was: " + String.join(" ", command));
            }
        } finally {
            process.destroy();
        }
    }

    private List<String> arguments(List<String> textNames) {
        List<String> arguments = new ArrayList<>(List.of(
                "--input=" + String.join(",", textNames),
                "--input_format=text",
                "--model_prefix=" + MODEL_NAME,
                "--model_type=unigram",
                "--vocab_size=" + options.size(),
                "--character_coverage=0.9995",
                "--byte_fallback=true",
                "--normalization_rule_name=nmt_nfkc",
                "--pad_id=0",
                "--unk_id=1",
                "--bos_id=2",
                "--eos_id=3",
                "--input_sentence_size=" + options.maximumSentences(),
                // Without it the first sentences are taken, and corpora are often sorted by origin.
                "--shuffle_input_sentence=true",
                // Version 0.1.97 always draws the same sentences; others may ask for this.
                "--random_seed=1",
                "--num_threads=" + options.threads()));
        if (!options.controlPieces().isEmpty()) {
            arguments.add("--control_symbols=" + String.join(",", options.controlPieces()));
        }
        return arguments;
    }

    /** Hands every line to the log until the tool closes its output; returns the last ones. */
    private List<String> follow(Process process) throws IOException, InterruptedException {
        Deque<String> lastLines = new ArrayDeque<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while " + TOOL + " was running");
                }
                log.accept(line);
                lastLines.addLast(line);
                if (lastLines.size() > LOG_LINES_IN_MESSAGE) {
                    lastLines.removeFirst();
                }
            }
        }
        return List.copyOf(lastLines);
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
