package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link WeightFiles#write}. */
final class ShardWriter {
    private ShardWriter() {}

    static void write(Path file, List<? extends TensorSource> tensors, long limit) throws IOException {
        refuseSameNames(tensors);
        List<List<TensorSource>> shards = shards(tensors, limit);
        if (shards.size() == 1) {
            SafetensorsWriter.write(file, shards.get(0));
            // From here on the single file counts, whatever else is there.
            Files.deleteIfExists(ShardIndex.of(file));
            deleteShards(file, Set.of());
            return;
        }
        List<Path> files = new ArrayList<>();
        try {
            ShardIndex index = writeParts(file, shards, files);
            for (Path shard : files) {
                SafetensorsWriter.movePart(shard);
            }
            index.write(ShardIndex.of(file));
        } catch (IOException | RuntimeException e) {
            for (Path shard : files) {
                Files.deleteIfExists(SafetensorsWriter.part(shard));
            }
            throw e;
        }
        // From here on the index counts.
        Files.deleteIfExists(file);
        deleteShards(file, new HashSet<>(files));
    }

    /** In the given order, so that tensors of one layer stay together; each shard takes what fits, and one tensor at least. */
    private static List<List<TensorSource>> shards(List<? extends TensorSource> tensors, long limit) {
        List<List<TensorSource>> shards = new ArrayList<>();
        List<TensorSource> shard = new ArrayList<>();
        shards.add(shard);
        long bytes = 0;
        for (TensorSource tensor : tensors) {
            if (!shard.isEmpty() && tensor.bytes() > limit - bytes) {
                shard = new ArrayList<>();
                shards.add(shard);
                bytes = 0;
            }
            shard.add(tensor);
            bytes = Math.addExact(bytes, tensor.bytes());
        }
        return shards;
    }

    private static ShardIndex writeParts(Path file, List<List<TensorSource>> shards, List<Path> files)
            throws IOException {
        Map<String, String> weightMap = new LinkedHashMap<>();
        List<String> digests = new ArrayList<>();
        long totalSize = 0;
        for (List<TensorSource> shard : shards) {
            Path path = ShardIndex.shard(file, files.size() + 1, shards.size());
            files.add(path);
            digests.add(SafetensorsWriter.writePart(path, shard));
            for (TensorSource tensor : shard) {
                weightMap.put(tensor.name(), path.getFileName().toString());
                totalSize += tensor.bytes();
            }
        }
        return new ShardIndex(weightMap, totalSize, Digests.combined(digests));
    }

    private static void refuseSameNames(List<? extends TensorSource> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorSource tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors have the name " + tensor.name());
            }
        }
    }

    private static void deleteShards(Path file, Set<Path> kept) throws IOException {
        for (Path shard : ShardIndex.shardsBeside(file)) {
            if (!kept.contains(shard)) {
                Files.delete(shard);
            }
        }
    }
}
