using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;

namespace KdRl.Rewards;

/// <summary>Keeps outcomes in an SQLite file, so that a resumed or repeated run does not pay for them again. Several processes may share the file.</summary>
public sealed class SqliteRewardCache : IRewardCache, IDisposable
{
    /// <summary>Layout of the table; stored in the file.</summary>
    private const long Layout = 1;

    private static readonly JsonSerializerOptions Numbers = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly Lock gate = new();
    private readonly SqliteConnection connection;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file; missing folders are made. Beside it lie a <c>-wal</c> and a <c>-shm</c> file while it is open.</param>
    /// <exception cref="InvalidDataException">The file is no cache of this library, or of another version of it.</exception>
    public SqliteRewardCache(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        Path = path;
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        try { Open(); }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            connection.Dispose();
            throw new InvalidDataException($"{path} cannot be used as a cache of rewards: {e.Message}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Outcomes stored.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public long Count => Run("SELECT count(*) FROM outcomes", command => (long)command.ExecuteScalar()!);

    /// <inheritdoc/>
    public ValueTask<RewardOutcome?> FindAsync(string key, CancellationToken ct) =>
        ValueTask.FromResult(Run("SELECT value, correct, parts, reason FROM outcomes WHERE key = $key", command =>
        {
            command.Parameters.AddWithValue("$key", key);
            using var reader = command.ExecuteReader();
            if (!reader.Read()) return null;
            var reason = reader.IsDBNull(3) ? null : reader.GetString(3);
            var outcome = reader.IsDBNull(0) ? RewardOutcome.Unscored(RewardStatus.NotApplicable, reason ?? "") : RewardOutcome.Scored(reader.GetDouble(0));
            return outcome with
            {
                Correct = reader.IsDBNull(1) ? null : reader.GetBoolean(1),
                Parts = JsonSerializer.Deserialize<Dictionary<string, double>>(reader.GetString(2), Numbers)!,
                Reason = reason,
            };
        }));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The outcome is a fault; those are not kept.</exception>
    public ValueTask StoreAsync(string key, RewardOutcome outcome, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Status is not (RewardStatus.Scored or RewardStatus.NotApplicable))
            throw new ArgumentException($"The outcome is {outcome.Status}; expected Scored or NotApplicable: a fault is no property of the content.", nameof(outcome));
        Run("INSERT OR IGNORE INTO outcomes(key, value, correct, parts, reason) VALUES ($key, $value, $correct, $parts, $reason)", command =>
        {
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$value", (object?)outcome.Value ?? DBNull.Value);
            command.Parameters.AddWithValue("$correct", (object?)outcome.Correct ?? DBNull.Value);
            command.Parameters.AddWithValue("$parts", JsonSerializer.Serialize(outcome.Parts, Numbers));
            command.Parameters.AddWithValue("$reason", (object?)outcome.Reason ?? DBNull.Value);
            return command.ExecuteNonQuery();
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (gate) connection.Dispose();
    }

    private void Open()
    {
        connection.Open();
        // A kill loses at most the last outcomes, which are then asked for again; the file stays whole.
        Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", command => command.ExecuteNonQuery());
        var layout = Run("PRAGMA user_version", command => (long)command.ExecuteScalar()!);
        var tables = Run("SELECT count(*) FROM sqlite_master", command => (long)command.ExecuteScalar()!);
        if (layout == 0 && tables == 0)
            Run("CREATE TABLE IF NOT EXISTS outcomes(key TEXT PRIMARY KEY, value REAL, correct INTEGER, parts TEXT NOT NULL, reason TEXT) WITHOUT ROWID; " +
                $"PRAGMA user_version = {Layout}", command => command.ExecuteNonQuery());
        else if (layout != Layout)
            throw new InvalidDataException($"{Path} is an SQLite file of layout {layout}; expected a cache of rewards, layout {Layout}.");
    }

    private T Run<T>(string sql, Func<SqliteCommand, T> work)
    {
        lock (gate)
        {
            try
            {
                using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this file.
                command.CommandText = sql;
#pragma warning restore CA2100
                return work(command);
            }
            catch (Exception e) when (e is SqliteException or JsonException)
            {
                throw new IOException($"{Path}: {e.Message}", e);
            }
        }
    }
}
