global using KdRl.Tensors;
