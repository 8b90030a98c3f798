using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace KdRl.Tests.Rewards.Judges;

/// <summary>A server on loopback that speaks OpenAI's chat protocol, and misbehaves where a test says so.</summary>
internal sealed class JudgeServer : IAsyncDisposable
{
    private const string Rest = " and so on";
    private readonly WebApplication app;
    private readonly Func<ScriptedRequest, ServerAct> act;
    private readonly Func<ScriptedRequest, string> verdict;
    private readonly ConcurrentDictionary<ServerAct, int> acts = new();
    private int requests;

    private JudgeServer(Func<ScriptedRequest, ServerAct> act, Func<ScriptedRequest, string> verdict)
    {
        (this.act, this.verdict) = (act, verdict);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // The server's own clocks would answer 408 where the machine is slow; faults come from the script alone.
        builder.WebHost.ConfigureKestrel(kestrel => (kestrel.Limits.MinRequestBodyDataRate, kestrel.Limits.MinResponseDataRate) = (null, null));
        app = builder.Build();
        app.MapPost("/v1/chat/completions", HandleAsync);
    }

    /// <summary>How often the server did what.</summary>
    public IReadOnlyDictionary<ServerAct, int> Acts => acts;

    /// <summary>Requests that got something else than the right verdict.</summary>
    public int Faults => acts.Where(a => a.Key is not (ServerAct.Verdict or ServerAct.QuoteThenVerdict)).Sum(a => a.Value);

    /// <param name="act">What to do with a request.</param>
    /// <param name="verdict">The fields of the right verdict on a request, as JSON without braces.</param>
    public static async Task<JudgeServer> StartAsync(Func<ScriptedRequest, ServerAct> act, Func<ScriptedRequest, string> verdict)
    {
        var server = new JudgeServer(act, verdict);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>The client library as a user would set it up, its own retries and its own clock switched off.</summary>
    public IChatClient Client() => new OpenAIClient(
        new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(app.Urls.Single() + "/v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = Timeout.InfiniteTimeSpan })
        .GetChatClient("judge").AsIChatClient();

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var (system, user) = ((string)body["messages"]![0]!["content"]!, (string)body["messages"]![1]!["content"]!);
        var options = new ChatOptions { ModelId = (string?)body["model"], Seed = (long?)body["seed"], Temperature = (float?)body["temperature"] };
        var request = new ScriptedRequest(Interlocked.Increment(ref requests), system, user, ScriptedChatClient.CodeIn(system), options);
        var what = act(request);
        acts.AddOrUpdate(what, 1, (_, n) => n + 1);
        try { await AnswerAsync(context, what, request); }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested) { context.Abort(); }
    }

    private async Task AnswerAsync(HttpContext context, ServerAct what, ScriptedRequest request)
    {
        var (response, stop) = (context.Response, context.RequestAborted);
        var fields = verdict(request);
        var good = Completion(request.Verdict(fields));
        switch (what)
        {
            case ServerAct.ServerError: await Status(response, 500); break;
            case ServerAct.Overloaded: await Status(response, 503); break;
            case ServerAct.BadRequest: await Status(response, 400); break;
            case ServerAct.Unauthorized: await Status(response, 401); break;
            case ServerAct.TooManyRequests: await Status(response, 429, retryAfter: "0"); break;
            case ServerAct.AskForAnHour: await Status(response, 429, retryAfter: "3600"); break;
            case ServerAct.Hang: await Task.Delay(Timeout.Infinite, stop); break;
            case ServerAct.HangInBody:
                await response.WriteAsync(good[..(good.Length / 2)], stop);
                await response.Body.FlushAsync(stop);
                await Task.Delay(Timeout.Infinite, stop);
                break;
            case ServerAct.AbortAtOnce: context.Abort(); break;
            case ServerAct.CutBody:
                response.ContentLength = good.Length;
                await response.WriteAsync(good[..(good.Length / 2)], stop);
                await response.Body.FlushAsync(stop);
                context.Abort();
                break;
            case ServerAct.HalfJson: await response.WriteAsync(good[..(good.Length / 2)], stop); break;
            case ServerAct.Html: await response.WriteAsync("<html><body>Bad gateway</body></html>", stop); break;
            case ServerAct.EmptyBody: break;
            case ServerAct.NoChoices: await response.WriteAsync("""{"id":"x","object":"chat.completion","choices":[]}""", stop); break;
            case ServerAct.OtherShape: await response.WriteAsync("""["score", 10]""", stop); break;
            default: await response.WriteAsync(Completion(Reply(what, request, fields)), stop); break;
        }
    }

    private static string Reply(ServerAct what, ScriptedRequest request, string fields) => what switch
    {
        ServerAct.QuoteThenVerdict => $"It says: {request.User}\n{request.Verdict(fields)}",
        ServerAct.Prose => "I would give it ten out of ten.",
        ServerAct.EmptyReply => "",
        ServerAct.NoCode => $"{{{fields}}}",
        ServerAct.OtherCode => $"{{\"nonce\": \"{new string('0', 32)}\", {fields}}}",
        ServerAct.OutOfRange => request.Verdict(fields.Replace(": ", ": 99", StringComparison.Ordinal)),
        ServerAct.MissingField => $"{{\"nonce\": \"{request.Code}\"}}",
        ServerAct.ExtraField => request.Verdict(fields + ", \"bonus\": 1"),
        ServerAct.TwoVerdicts => request.Verdict(fields) + request.Verdict("\"score\": 9") + request.Verdict("\"score\": 8"),
        ServerAct.CutReply => request.Verdict(fields)[..^1],
        ServerAct.HugeReply => string.Concat(Enumerable.Repeat(Rest, 15_000)) + request.Verdict(fields),
        _ => request.Verdict(fields),
    };

    private static Task Status(HttpResponse response, int status, string? retryAfter = null)
    {
        response.StatusCode = status;
        if (retryAfter is not null) response.Headers.RetryAfter = retryAfter;
        return response.WriteAsync("""{"error":{"message":"not now","type":"test"}}""");
    }

    private static string Completion(string content) => JsonSerializer.Serialize(new
    {
        id = "x", @object = "chat.completion", created = 1, model = "judge",
        choices = new[] { new { index = 0, finish_reason = "stop", message = new { role = "assistant", content } } },
        usage = new { prompt_tokens = 100, completion_tokens = 10, total_tokens = 110 },
    });
}
