using KdRl.Distillation;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Divergences over the vocabulary or over a support with its tail.</summary>
internal static class GoldenDivergences
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("trl/generalized_jsd_loss", r => GoldenResult.Of("loss", Reduced(r, GeneralisedJsd.Exact(Student(r), Teacher(r), r.Number("beta"))))),
        new("trl/sdft_full_loss", r => GoldenResult.Of("loss", GeneralisedJsd.Exact(Student(r), Teacher(r), r.Number("distillation_alpha")))),
        new("trl/sdft_topk_loss", StudentTopK),
        new("trl/topk_jsd_loss", TopKJsd),
        new("trl/server_topk_forward_kl", r => GoldenResult.Of("loss", Reduced(r, TopKDivergence.Evaluate(Student(r), r.Integers("topk_token_ids"), r.Floats("topk_logprobs"), 0)))),
        new("trl/server_top1_divergence", ServerTop1),
        new("verl/forward_kl_topk", WholeVocabulary),
        new("liger/fused_linear_jsd", FusedLinear),
    ];

    private static Tensor Student(GoldenRecord r) => r.Floats("student_logits") / r.Number("temperature", 1);

    private static Tensor Teacher(GoldenRecord r) => r.Floats("teacher_logits") / r.Number("temperature", 1);

    private static Tensor Valid(GoldenRecord r) => r.Integers("labels").ne(-100);

    private static Tensor Reduced(GoldenRecord r, Tensor perPosition)
    {
        var valid = Valid(r);
        var total = perPosition.masked_fill(valid.logical_not(), 0).sum();
        return r.Text("reduction", "batchmean") switch
        {
            "sum" => total,
            "batchmean" => total / r.Number("num_items_in_batch", valid.sum().item<long>()),
            "mean" => total / (valid.sum() * Student(r).shape[^1]),
            var other => throw new InvalidDataException($"unknown reduction {other}"),
        };
    }

    private static GoldenResult StudentTopK(GoldenRecord r)
    {
        var (student, teacher) = (Student(r), Teacher(r).log_softmax(-1));
        var (_, ids) = student.detach().topk((int)r.Number("distillation_topk"));
        return GoldenResult.Of("loss", TopKDivergence.Evaluate(student, ids, teacher.gather(-1, ids), r.Number("distillation_alpha")));
    }

    /// <summary>Support: the teacher's top k at β = 0, the student's at β = 1, the union between.</summary>
    private static GoldenResult TopKJsd(GoldenRecord r)
    {
        var (student, teacher, beta, k) = (Student(r), Teacher(r).log_softmax(-1), r.Number("beta"), (int)r.Number("top_k"));
        var (ofStudent, ofTeacher) = (student.detach().topk(k).indexes, teacher.topk(k).indexes);
        return GoldenResult.Of("loss", Reduced(r, ByPosition(student, (i, t) =>
        {
            var ids = beta == 0 ? Ids(ofTeacher[i, t]) : beta == 1 ? Ids(ofStudent[i, t]) : [.. Ids(ofStudent[i, t]).Union(Ids(ofTeacher[i, t]))];
            return (ids, teacher[i, t].index_select(0, tensor(ids)));
        }, beta)));
    }

    /// <summary>Support: the sampled token, between the ends together with the teacher's first choice.</summary>
    private static GoldenResult ServerTop1(GoldenRecord r)
    {
        var (first, sampled, beta) = (r.Integers("top1_token_ids"), r.Integers("completion_tokens"), r.Number("beta"));
        var (ofFirst, ofSampled) = (r.Floats("top1_logprobs"), r.Floats("actual_logprobs"));
        return GoldenResult.Of("loss", Reduced(r, ByPosition(Student(r), (i, t) =>
        {
            var support = new Dictionary<long, Tensor>();
            if (beta > 0) support[sampled[i, t].item<long>()] = ofSampled[i, t];
            if (beta < 1) support[first[i, t].item<long>()] = ofFirst[i, t];
            return ([.. support.Keys], stack([.. support.Values]));
        }, beta)));
    }

    private static Tensor ByPosition(Tensor student, Func<long, long, (long[] Ids, Tensor LogProbs)> support, double beta)
    {
        var values = new List<Tensor>();
        for (var i = 0L; i < student.shape[0]; i++)
            for (var t = 0L; t < student.shape[1]; t++)
            {
                var (ids, logProbs) = support(i, t);
                values.Add(TopKDivergence.Evaluate(student[i, t], tensor(ids), logProbs, beta));
            }
        return stack(values).reshape(student.shape[0], student.shape[1]);
    }

    private static long[] Ids(Tensor ids) => ids.contiguous().data<long>().ToArray();

    /// <summary>With every token in the support, verl's sum is the exact forward KL.</summary>
    private static GoldenResult WholeVocabulary(GoldenRecord r)
    {
        var teacher = zeros_like(r.Floats("student_logits")).detach().scatter(-1, r.Integers("teacher_topk_ids"), r.Floats("teacher_topk_log_probs"));
        return GoldenResult.Of("distillation_losses", ForwardKl.Exact(r.Floats("student_logits"), teacher));
    }

    private static GoldenResult FusedLinear(GoldenRecord r)
    {
        var (temperature, labels) = (r.Number("temperature"), r.Integers("labels"));
        var valid = labels.ne((long)r.Number("ignore_index"));
        var (hidden, weight) = (r.Floats("student_hidden"), r.Floats("student_weight"));
        var student = nn.functional.linear(hidden, weight) / temperature;
        var teacher = nn.functional.linear(r.Floats("teacher_hidden"), r.Floats("teacher_weight")) / temperature;
        var loss = r.Number("weight_soft_loss") * GeneralisedJsd.Exact(student, teacher, r.Number("beta"));
        if (r.Number("weight_hard_loss") > 0)
            loss -= r.Number("weight_hard_loss") * OutputHead.Score(hidden, weight, labels.clamp_min(0)).LogProbs;
        return GoldenResult.Of("loss", loss.masked_fill(valid.logical_not(), 0).sum() / valid.sum());
    }
}
