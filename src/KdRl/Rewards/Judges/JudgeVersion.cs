using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>Names what decides a judge's scores.</summary>
internal static class JudgeVersion
{
    /// <summary>A hash of the wording, the task and the options; how the server is called does not count.</summary>
    public static string Of(JudgeOptions o, string task)
    {
        var settings = JsonSerializer.Serialize(new
        {
            Wording = JudgeQuestion.TemplateVersion, task, o.Model, o.Votes, o.VoteRule, o.NeededVotes, o.SendSampling, o.EffectiveTemperature, o.Seed,
            o.MaxOutputTokens, o.MaxAnswerCharacters, o.MaxReplyCharacters, o.MaxReasks, o.KeepReasoning, o.EmptyAnswers, o.RefuseJudgeDirected,
        });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings)));
    }
}
