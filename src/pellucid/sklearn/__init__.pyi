from .feature_roles import feature_roles as feature_roles
from .regressors import FormulaRegressor as FormulaRegressor
from .regressors import KANRegressor as KANRegressor
from .transformers import CategoryMerger as CategoryMerger
from .transformers import ScoreBins as ScoreBins
