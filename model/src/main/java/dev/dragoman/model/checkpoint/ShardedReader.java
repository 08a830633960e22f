package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Weights in several files with an index, which must agree in everything. */
final class ShardedReader implements WeightFiles {
    private final Path index;
    private final Map<String, StoredTensor> tensors;
    private final SortedMap<String, SafetensorsReader> shards;

    private ShardedReader(Path index, Map<String, StoredTensor> tensors, SortedMap<String, SafetensorsReader> shards) {
        this.index = index;
        this.tensors = tensors;
        this.shards = shards;
    }

    /** See {@link WeightFiles#open}. */
    static ShardedReader open(Path file) {
        Path path = ShardIndex.of(file);
        ShardIndex index = ShardIndex.read(path);
        SortedMap<String, SafetensorsReader> shards = new TreeMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        index.weightMap().forEach((name, fileName) -> {
            SafetensorsReader shard =
                    shards.computeIfAbsent(fileName, missing -> openShard(file.resolveSibling(missing), path));
            StoredTensor tensor = shard.find(name);
            if (tensor == null) {
                throw new ModelFormatException(
                        shard.file(), "has no tensor " + name + ", but " + path.getFileName() + " says so");
            }
            tensors.put(name, tensor);
        });
        refuseStrayShards(file, path, shards.keySet());
        shards.values().forEach(shard -> refuseUnnamedTensors(path, shard, tensors));
        refuseMixedShards(path, index, shards);
        return new ShardedReader(path, tensors, shards);
    }

    private static SafetensorsReader openShard(Path shard, Path index) {
        if (!Files.isRegularFile(shard)) {
            throw new ModelFormatException(shard, "no such file, but " + index.getFileName() + " names it");
        }
        return SafetensorsReader.open(shard);
    }

    private static void refuseStrayShards(Path file, Path index, Set<String> named) {
        try {
            for (Path shard : ShardIndex.shardsBeside(file)) {
                if (!named.contains(shard.getFileName().toString())) {
                    throw new ModelFormatException(
                            shard,
                            "a shard that " + index.getFileName()
                                    + " does not name; delete it if it is left from earlier weights");
                }
            }
        } catch (IOException e) {
            throw new ModelFormatException(index, "its folder cannot be read: " + e.getMessage(), e);
        }
    }

    private static void refuseUnnamedTensors(Path index, SafetensorsReader shard, Map<String, StoredTensor> tensors) {
        for (String name : shard.names()) {
            StoredTensor named = tensors.get(name);
            if (named == null) {
                throw new ModelFormatException(
                        shard.file(), "has a tensor " + name + ", which " + index.getFileName() + " does not name");
            }
            if (!named.file().equals(shard.file())) {
                throw new ModelFormatException(
                        shard.file(),
                        "has a tensor " + name + ", which is in " + named.file().getFileName() + " too");
            }
        }
    }

    /** Shards of the same names and tensors but of other weights: some were replaced, others not. */
    private static void refuseMixedShards(Path path, ShardIndex index, SortedMap<String, SafetensorsReader> shards) {
        List<String> digests = new ArrayList<>();
        shards.values().forEach(shard -> digests.add(shard.digest()));
        if (!index.digest().isEmpty() && !index.digest().equals(Digests.combined(digests))) {
            throw new ModelFormatException(
                    path,
                    "its " + SafetensorsWriter.DIGEST + " is not that of its shards: they are of different weights");
        }
    }

    @Override
    public Path file() {
        return index;
    }

    /** In the index's order. */
    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public @Nullable StoredTensor find(String name) {
        return tensors.get(name);
    }

    @Override
    public void verify() {
        shards.values().forEach(SafetensorsReader::verify);
    }

    @Override
    public String fingerprint() {
        List<String> fingerprints = new ArrayList<>();
        shards.values().forEach(shard -> fingerprints.add(shard.fingerprint()));
        return Digests.combined(fingerprints);
    }
}
