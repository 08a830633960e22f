package dev.dragoman.deployment;

import dev.dragoman.system.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docker/Dockerfile} as its instructions, by stage. */
final class Dockerfile {
    private static final Pattern STAGE = Pattern.compile("(\\S+)(?: AS (\\S+))?");
    private static final Pattern VARIABLE = Pattern.compile("([A-Z_]+)=(\"[^\"]*\"|\\S*)");

    /**
     * An instruction.
     *
     * @param name in capitals
     * @param arguments what follows, on one line
     */
    record Instruction(String name, String arguments) {}

    private final Map<String, List<Instruction>> stages = new LinkedHashMap<>();

    private Dockerfile(List<Instruction> instructions) {
        String stage = "";
        for (Instruction instruction : instructions) {
            if (instruction.name().equals("FROM")) {
                Matcher from = STAGE.matcher(instruction.arguments());
                if (!from.matches()) {
                    throw new IllegalArgumentException("FROM " + instruction.arguments());
                }
                stage = from.group(2) == null ? "default" : from.group(2);
            }
            stages.computeIfAbsent(stage, name -> new ArrayList<>()).add(instruction);
        }
    }

    static Dockerfile read() {
        try {
            String text = Files.readString(Repository.root().resolve("docker/Dockerfile"));
            return new Dockerfile(text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .reduce("", (whole, line) -> whole + line + "\n")
                    .replaceAll("\\s*\\\\\n\\s*", " ")
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.split(" ", 2))
                    .map(parts -> new Instruction(parts[0], parts[1].strip()))
                    .toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The arguments of all instructions of a name in a stage; the stage without a name is {@code default}. */
    List<String> arguments(String stage, String name) {
        if (!stages.containsKey(stage)) {
            throw new IllegalArgumentException("No stage " + stage + " among " + stages.keySet());
        }
        return stages.get(stage).stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::arguments)
                .toList();
    }

    /** The arguments of the one instruction of a name in a stage. */
    String argument(String stage, String name) {
        List<String> all = arguments(stage, name);
        if (all.size() != 1) {
            throw new IllegalArgumentException(all.size() + " times " + name + " in stage " + stage);
        }
        return all.get(0);
    }

    /** The variables that a stage sets. */
    Map<String, String> environment(String stage) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String line : arguments(stage, "ENV")) {
            Matcher variable = VARIABLE.matcher(line);
            while (variable.find()) {
                variables.put(variable.group(1), variable.group(2).replace("\"", ""));
            }
        }
        return variables;
    }

    /** What is copied out of the repository, in all stages. */
    List<String> copiedFromRepository() {
        return stages.keySet().stream()
                .flatMap(stage -> arguments(stage, "COPY").stream())
                .filter(copy -> !copy.startsWith("--from="))
                .map(copy -> List.of(copy.split(" ")))
                .flatMap(paths -> paths.subList(0, paths.size() - 1).stream())
                .toList();
    }
}
