package dev.dragoman.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A control group of Linux that bounds what its processes take, file pages included; the owner closes it after its processes have ended.
 *
 * @param group its folder
 */
record MemoryLimit(Path group) implements AutoCloseable {
    private static final Path GROUPS = Path.of("/proc/self/cgroup");
    private static final Path MOUNTS = Path.of("/proc/mounts");

    /**
     * Makes a group below that of this process or, where Linux allows no group there, below the root.
     *
     * @param bytes the limit
     * @return nothing where this process may make none: that takes root's rights, and a memory controller
     */
    static Optional<MemoryLimit> of(long bytes) {
        for (Path parent : parents()) {
            Path group =
                    parent.resolve("dragoman-bench-" + ProcessHandle.current().pid());
            try {
                Files.createDirectory(group);
            } catch (IOException e) {
                continue;
            }
            for (String file : List.of("memory.max", "memory.limit_in_bytes")) {
                try {
                    // Not created: only the kernel makes files there.
                    if (Files.exists(group.resolve(file))) {
                        Files.writeString(group.resolve(file), String.valueOf(bytes));
                        return Optional.of(new MemoryLimit(group));
                    }
                } catch (IOException e) {
                    // The next parent may allow it.
                    continue;
                }
            }
            new MemoryLimit(group).close();
        }
        return Optional.empty();
    }

    private static List<Path> parents() {
        if (!Files.isReadable(GROUPS) || !Files.isReadable(MOUNTS)) {
            return List.of();
        }
        try {
            return parents(Files.readAllLines(GROUPS), Files.readAllLines(MOUNTS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where a group could be made: of version 1 the memory controller's tree, of version 2 the only one.
     *
     * @param groups lines {@code NUMBER:CONTROLLERS:PATH}
     * @param mounts lines {@code DEVICE FOLDER TYPE OPTIONS ...}
     */
    static List<Path> parents(List<String> groups, List<String> mounts) {
        List<Path> parents = new ArrayList<>();
        for (String mount : mounts) {
            String[] words = mount.split(" ");
            boolean second = words[2].equals("cgroup2");
            if (!second
                    && !(words[2].equals("cgroup")
                            && List.of(words[3].split(",")).contains("memory"))) {
                continue;
            }
            Path root = Path.of(words[1]);
            for (String group : groups) {
                String[] parts = group.split(":", 3);
                if (second ? parts[1].isEmpty() : List.of(parts[1].split(",")).contains("memory")) {
                    parents.add(root.resolve(parts[2].substring(1)));
                }
            }
            parents.add(root);
        }
        return parents.stream().distinct().toList();
    }

    /** Puts a process under the limit; what it has taken before does not count. */
    void add(long process) {
        try {
            Files.writeString(group.resolve("cgroup.procs"), String.valueOf(process));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
